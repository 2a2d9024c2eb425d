"""The wizard's forms, made from the fields' own data: no label, limit or dependency is written a second time."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import limits
from enrollment.models import Device, ProfileDraft, VppToken
from enrollment.models.certificate import Certificate, NotACertificate, add_certificates, stored_certificate
from enrollment.models.name_template import device_name
from enrollment.models.profile_field import Field, Section, Step
from enrollment.models.profile_needs import ANY, NEEDS
from enrollment.models.profile_settings import FIELDS
from enrollment.models.profile_words import vpp_tokens_in_words, when_in_words
from enrollment.models.typed_key import typed_key

REMOVED = "{}-removed"  # the fingerprints of certificates to take out


def show_when(name: str) -> str:
    """The alternatives of NEEDS as the page's script reads them; "" when the field is always shown."""
    alternatives = NEEDS.get(name)
    if alternatives is None:
        return ""
    return json.dumps([{other: _as_texts(wanted) for other, wanted in needs.items()} for needs in alternatives])


def _as_texts(wanted: Any) -> list[str]:
    if wanted is ANY:
        return ["*"]
    if isinstance(wanted, tuple):
        return [str(one) for one in wanted]
    return [str(wanted).lower()] if isinstance(wanted, bool) else [str(getattr(wanted, "value", wanted))]


class Cards(forms.RadioSelect):
    """Radio buttons, each with a sentence of its own."""

    def __init__(self, helps: Mapping[str, Any]) -> None:
        super().__init__()
        self.helps = helps

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **more), "help": self.helps.get(str(value), "")}


class Certificates(forms.FileInput):
    """Some files at once."""

    allow_multiple_selected = True


class Choice(forms.ChoiceField):
    """What is chosen is judged by the cleaning of the settings, in its words, once."""

    def validate(self, value: Any) -> None:
        return


class SettingsForm(forms.Form):
    """The settings of one step. Nothing is required or bounded here: what is typed is kept, and judged elsewhere."""

    step: Step

    def __init__(self, typed: Any, sent: HttpRequest | None = None, *, draft: ProfileDraft) -> None:
        super().__init__(typed)
        self.sent = sent
        self.draft = draft
        self.refused: dict[str, list[str]] = {}
        for name, one in FIELDS.items():
            if one.step == self.step and one.kind != "panes":
                self.fields[name] = self._field(name, one)

    @classmethod
    def of(cls, draft: ProfileDraft) -> "SettingsForm":
        """As it was left."""
        return cls({"name": draft.name, "description": draft.description, **draft.settings}, draft=draft)

    def _field(self, name: str, one: Field) -> forms.Field:
        common: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": False}
        field = _FIELDS.get(one.kind, _text)(one, common, self.draft)
        field.show_when, field.when = show_when(name), when_in_words(name)
        field.is_marked, field.minimum_os, field.is_applied_by_mdm = (
            one.is_required,
            one.minimum_os,
            one.is_applied_by_mdm,
        )
        if one.kind == "certificates":
            field.certificates = list(stored(self.draft.settings.get(name)))
            field.removed_name = REMOVED.format(name)
        return field

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under the headings they belong to."""
        found = []
        for section in Section:
            fields = [self[name] for name in self.fields if name in FIELDS and FIELDS[name].section == section]
            if fields:
                found.append((section, fields))
        return found

    def typed(self) -> dict[str, Any]:
        """What was sent, by setting. No database takes a NUL, and nobody types one."""
        values: dict[str, Any] = {}
        for name in self.fields:
            kind = FIELDS[name].kind if name in FIELDS else "text"
            if kind == "bool":
                values[name] = name in self.data
            elif kind == "certificates":
                values[name] = self._certificates(name)
            else:
                values[name] = self.data.get(name, "").replace("\x00", "")
        return values

    def _certificates(self, name: str) -> list[str]:
        sent = self.sent
        removed = sent.POST.getlist(REMOVED.format(name)) if sent else []
        kept = [one.base64 for one in stored(self.draft.settings.get(name)) if one.fingerprint not in removed]
        uploads = sent.FILES.getlist(name) if sent else []
        files = [(file.name or "", file.read(limits.CERTIFICATE_BYTES)) for file in uploads]
        found, self.refused[name] = add_certificates(kept, files, most=FIELDS[name].most or 0)
        return found

    def show_errors(self, errors: Mapping[str, list[str]]) -> None:
        """Sentences at their fields; those about the whole stand on the first step."""
        for name in self.fields:
            for sentence in (*self.refused.get(name, ()), *errors.get(name, ())):
                self.add_error(name, sentence)


def stored(texts: Any) -> Iterator[Certificate]:
    """The certificates of a setting that can be read."""
    for text in texts or ():
        try:
            yield stored_certificate(text)
        except NotACertificate:
            continue


def _text(one: Field, common: dict[str, Any], _draft: ProfileDraft) -> forms.Field:
    """No maxlength: a browser would cut off what is pasted and say nothing."""
    kinds = {"url": forms.URLInput, "email": forms.EmailInput}
    return forms.CharField(widget=kinds.get(one.kind, forms.TextInput)(), **common)


def _number(_one: Field, common: dict[str, Any], _draft: ProfileDraft) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "number"}), **common)


def _cards(one: Field, common: dict[str, Any], _draft: ProfileDraft) -> forms.Field:
    keys = [str(key) for key, _label in one.choices]
    return Choice(choices=one.choices, widget=Cards(dict(zip(keys, one.choice_helps, strict=False))), **common)


def _select(one: Field, common: dict[str, Any], _draft: ProfileDraft) -> forms.Field:
    return Choice(choices=[("", _("Not set")), *one.choices], **common)


def _vpp_token(_one: Field, common: dict[str, Any], draft: ProfileDraft) -> forms.Field:
    """Those the person sees, and the one the profile has: what one cannot see is not lost by saving."""
    tokens: dict[str, VppToken | None] = {str(token.pk): token for token in VppToken.objects.visible_to(draft.owner)}
    chosen = str(draft.settings.get("company_portal_vpp") or "")
    if typed_key(chosen) and chosen not in tokens:
        tokens[chosen] = VppToken.objects.told_to(draft.owner, typed_key(chosen))
    choices = zip(tokens, vpp_tokens_in_words(list(tokens.values())), strict=True)
    return Choice(choices=[("", _("No VPP token")), *choices], **common)


def _name_template(one: Field, common: dict[str, Any], draft: ProfileDraft) -> forms.Field:
    example = Device.objects.filter(token=draft.token).present().first() or Device(serial="C02XL0THJK7L", family="iPad")
    template = str(draft.settings.get("name_template") or "")
    attrs = {"data-template-for": json.dumps({"SERIAL": example.serial, "DEVICETYPE": example.family})}
    field = forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
    field.example, field.longest = device_name(template, example), one.longest
    return field


_FIELDS = {
    "bool": lambda _one, common, _draft: forms.BooleanField(**common),
    "choice": _cards,
    "integer": _number,
    "timeout": _number,
    "integer_choice": _select,
    "vpp": _vpp_token,
    "certificates": lambda _one, common, _draft: forms.Field(
        widget=Certificates(attrs={"multiple": True, "accept": ".cer,.crt,.der,.pem"}), **common
    ),
    "name_template": _name_template,
}


class BasicsForm(SettingsForm):
    """The first step: the profile's name and description besides its settings."""

    step = Step.BASICS
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        help_text=gettext_lazy("Only administrators see it. Groups know it as enrollmentProfileName."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].is_marked = True

    def show_errors(self, errors: Mapping[str, list[str]]) -> None:
        super().show_errors(errors)
        for sentence in errors.get("__all__", ()):
            self.add_error(None, sentence)


class ManagementForm(SettingsForm):
    """The second step."""

    step = Step.MANAGEMENT
