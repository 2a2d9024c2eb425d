"""The wizard's forms, made from the fields' own data: no label, limit or dependency is written a second time."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.models.profile_needs import ANY, NEEDS
from enrollment.models.profile_settings import FIELDS, Field

_YES_NO = [("true", "true"), ("false", "false")]


def show_when(name: str) -> str:
    """The alternatives of NEEDS as the page's script reads them; "" when the field is always shown."""
    alternatives = NEEDS.get(name)
    if alternatives is None:
        return ""
    return json.dumps([_with_needs_of_others(needs) for needs in alternatives])


def _with_needs_of_others(needs: Any) -> dict[str, list[str]]:
    """What is not offered yet has its default for ever, and needs no looking at."""
    return {other: _as_texts(wanted) for other, wanted in needs.items()}


def _as_texts(wanted: Any) -> list[str]:
    if wanted is ANY:
        return ["*"]
    if isinstance(wanted, tuple):
        return [str(one) for one in wanted]
    return [str(wanted).lower()] if isinstance(wanted, bool) else [str(getattr(wanted, "value", wanted))]


def _form_field(one: Field) -> forms.Field:
    """Nothing is required or bounded here: what is typed is kept, and judged by clean_settings."""
    common: dict[str, Any] = {"label": one.label, "help_text": _help(one), "required": False}
    if one.kind == "bool":
        return forms.BooleanField(**common)
    if one.kind == "choice":
        return forms.ChoiceField(choices=one.choices, widget=forms.RadioSelect, **common)
    attrs = {"maxlength": one.longest} if one.longest else {}
    kinds = {"url": forms.URLInput, "email": forms.EmailInput}
    return forms.CharField(widget=kinds.get(one.kind, forms.TextInput)(attrs=attrs), **common)


def _help(one: Field) -> Any:
    return _HelpWithVersion(one) if one.minimum_os else one.help


class _HelpWithVersion:
    """The help and the first version, put together in the reader's language."""

    def __init__(self, one: Field) -> None:
        self._one = one

    def __str__(self) -> str:
        version = _("From version %(version)s.") % {"version": self._one.minimum_os}
        return f"{self._one.help} {version}".strip()


class SettingsForm(forms.Form):
    """The settings of one step; `errors_by_field` are those of clean_settings."""

    step = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "name" in self.fields:
            self.fields["name"].is_marked = True
        for name, one in FIELDS.items():
            if one.step == self.step and one.kind != "panes":
                self.fields[name] = _form_field(one)
                self.fields[name].show_when = show_when(name)
                self.fields[name].is_marked = one.is_required

    def show_errors(self, errors: dict[str, list[str]]) -> None:
        """Sentences of the cleaning at their fields."""
        for name in self.fields:
            for sentence in errors.get(name, ()):
                self.add_error(name, sentence)


class BasicsForm(SettingsForm):
    """The first step: the profile's name and description besides its settings."""

    step = "basics"
    name = forms.CharField(
        label=_("Name"),
        max_length=125,
        required=False,
        help_text=_("Only administrators see it. Groups know it as enrollmentProfileName."),
    )
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ManagementForm(SettingsForm):
    """The second step."""

    step = "management"


class PanesForm(SettingsForm):
    """The screens are drawn by their own template; here only what was sent."""

    step = "setup_assistant"
