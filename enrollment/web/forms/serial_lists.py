from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from enrollment import limits

lazy_intcomma = lazy(intcomma, str)


class SerialListForm(forms.Form):
    """A list of serial numbers: a file, or pasted."""

    text = forms.CharField(
        label=_("Paste the list"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_(
            "One serial number a line; a profile and a note may follow, separated by a comma, semicolon or tab."
        ),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv"}),
        help_text=format_lazy(
            _("CSV or text from any spreadsheet, at most {most} rows. Headings are understood, but not needed."),
            most=lazy_intcomma(limits.SERIALS_PER_LIST),
        ),
    )
    name = forms.CharField(
        label=_("Name of the list"),
        max_length=200,
        required=False,
        help_text=_("May stay empty: then the file's name."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("file") and not str(data.get("text", "")).strip():
            raise forms.ValidationError(_("Paste a list, or choose a file."))
        if data.get("file") and str(data.get("text", "")).strip():
            raise forms.ValidationError(_("There is a pasted list and a file: only one of them can be read."))
        return data
