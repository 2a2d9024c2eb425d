from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.web.forms.tokens import ScopeForm


class ContentTokenField(forms.FileField):
    """The file of Apple's portal, of a size that one can have."""

    widget = forms.FileInput(attrs={"accept": ".vpptoken"})

    def clean(self, *said: Any) -> Any:
        file = super().clean(*said)
        if file and file.size > limits.TOKEN_FILE_BYTES:
            raise forms.ValidationError(_("This file is too large for a content token (at most 64 KB)."))
        return file


class VppTokenForm(ScopeForm):
    """A content token to be added."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Free to choose; profiles choose the token by it.")
    )
    file = ContentTokenField(
        label=_("Content token"),
        help_text=_("The file Apple Business or School Manager gave; its name ends in .vpptoken."),
    )
    field_order = ["name", "file", "scope_tags"]

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()


class VppEditForm(ScopeForm):
    """What of a VPP token can be edited."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Profiles keep it chosen, whatever its name."))
    field_order = ["name", "scope_tags"]

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()


class VppRenewForm(forms.Form):
    """A newer content token. `other_location` is offered only when it has to be confirmed."""

    file = ContentTokenField(
        label=_("New content token"),
        help_text=_("The file Apple Business or School Manager gave; its name ends in .vpptoken."),
    )
    other_location = forms.BooleanField(
        label=_("I want to replace the location by another one"),
        required=False,
        help_text=_("Profiles that have chosen this VPP token take licences of the other location from then on."),
    )

    def __init__(self, *args: Any, asks_for_other_location: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not asks_for_other_location:
            del self.fields["other_location"]
