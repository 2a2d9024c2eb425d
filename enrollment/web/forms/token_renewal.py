from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.web.forms.tokens import ScopeForm


class RenewForm(ScopeForm):
    """The pane of REN-3. `other_server` is offered only when it has to be confirmed."""

    apple_id = forms.EmailField(
        label=_("Apple ID"),
        max_length=250,
        help_text=_(
            "Of the person who downloaded the new token. It may be another one: devices that are enrolled are not "
            "touched by that."
        ),
    )
    file = forms.FileField(
        label=_("New Apple token"),
        widget=forms.FileInput(attrs={"accept": ".p7m"}),
        help_text=_("The file the portal gave; its name ends in .p7m."),
    )
    other_server = forms.BooleanField(
        label=_("I want to replace the connected server by another one"),
        required=False,
        help_text=_(
            "Its devices take the place of the present ones, which are released here after a full sync; profiles are "
            "made known to it anew."
        ),
    )
    field_order = ["apple_id", "file", "other_server", "scope_tags"]

    def __init__(self, *args: Any, asks_for_other_server: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not asks_for_other_server:
            del self.fields["other_server"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limits.TOKEN_FILE_BYTES:
            raise forms.ValidationError(_("This file is too large for a server token (at most 64 KB)."))
        return file
