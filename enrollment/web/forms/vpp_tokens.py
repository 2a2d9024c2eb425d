from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.web.forms.tokens import ScopeForm


class VppTokenForm(ScopeForm):
    """A content token to be added."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Free to choose; profiles choose the token by it.")
    )
    file = forms.FileField(
        label=_("Content token"),
        widget=forms.FileInput(attrs={"accept": ".vpptoken"}),
        help_text=_("The file Apple Business or School Manager gave; its name ends in .vpptoken."),
    )
    field_order = ["name", "file", "scope_tags"]

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limits.TOKEN_FILE_BYTES:
            raise forms.ValidationError(_("This file is too large for a content token (at most 64 KB)."))
        return file
