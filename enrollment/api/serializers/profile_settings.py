"""The settings of a profile in bodies and answers, made of the fields' own data (models/profile_settings.py)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.models.profile_cleaning import clean_values
from enrollment.models.profile_field import Field
from enrollment.models.profile_settings import FIELDS


def _number(_one: Field, more: dict[str, Any]) -> serializers.Field:
    return serializers.IntegerField(allow_null=True, **more)


def _text(one: Field, more: dict[str, Any]) -> serializers.Field:
    return serializers.CharField(allow_blank=True, max_length=one.longest, **more)


def _texts(one: Field, more: dict[str, Any]) -> serializers.Field:
    return serializers.ListField(child=serializers.CharField(), max_length=one.most, **more)


def _choice(one: Field, more: dict[str, Any]) -> serializers.Field:
    choices = [(value, str(label)) for value, label in one.choices]
    is_text = one.kind == "choice"
    return serializers.ChoiceField(choices=choices, allow_blank=is_text, allow_null=not is_text, **more)


_KINDS = {
    "bool": lambda _one, more: serializers.BooleanField(**more),
    "choice": _choice,
    "integer_choice": _choice,
    "integer": _number,
    "timeout": _number,
    "vpp": _number,
    "certificates": _texts,
    "panes": _texts,
}


def _field(one: Field) -> serializers.Field:
    words = [f"{one.label} ({one.prof})."] if one.prof.startswith("PROF") else [f"{one.label}."]
    words += [str(one.help)] if one.help else []
    words += ["Applied by your MDM server, which can read it here."] if one.is_applied_by_mdm else []
    return _KINDS.get(one.kind, _text)(one, {"required": False, "help_text": " ".join(words)})


def _made() -> type[serializers.Serializer]:
    with override("en"):
        fields = {name: _field(one) for name, one in FIELDS.items()}
    told = "What a profile says. A setting that has no meaning beside the others has its empty value."
    return type("ProfileSettingsSerializer", (serializers.Serializer,), {**fields, "__doc__": told})


ProfileSettingsSerializer = _made()


@extend_schema_field(ProfileSettingsSerializer)
class SettingsSaid(serializers.Field):
    """Settings by name, each cleaned as the wizard does; a name that there is not is refused."""

    def to_internal_value(self, said: Any) -> dict[str, Any]:
        if not isinstance(said, Mapping):
            raise serializers.ValidationError([_("This has to hold keys and values.")])
        if unknown := [name for name in said if name not in FIELDS]:
            raise serializers.ValidationError({name: [_("This setting is not known.")] for name in unknown})
        values, errors = clean_values(said)
        if errors:
            raise serializers.ValidationError(errors)
        return values
