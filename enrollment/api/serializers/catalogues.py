from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.apple.setup_panes import GROUPS, Pane
from enrollment.models.profile_field import Field, Section, Step
from enrollment.models.profile_needs import ANY, NEEDS

KINDS = [
    ("bool", "true or false"),
    ("text", "a text"),
    ("url", "an https address"),
    ("email", "an e-mail address"),
    ("choice", "one of the choices, a text"),
    ("integer", "a whole number"),
    ("integer_choice", "one of the choices, a number"),
    ("timeout", "seconds; 0 and null mean never"),
    ("name_template", "a text with {{SERIAL}} and {{DEVICETYPE}}"),
    ("vpp", "the id of a VPP token"),
    ("certificates", "certificates, each the base64 of its DER"),
    ("panes", "keys of screens that are hidden"),
]


class ChoiceSerializer(serializers.Serializer):
    """A value that can be chosen."""

    value = serializers.SerializerMethodField()
    label = serializers.CharField()
    help = serializers.CharField(allow_blank=True)

    @extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
    def get_value(self, one: dict[str, Any]) -> Any:
        return one["value"]


class ConditionOnSerializer(serializers.Serializer):
    """What another setting has to be."""

    setting = serializers.CharField()
    is_any = serializers.BooleanField(help_text="Anything but nothing will do.")
    values = serializers.ListField(help_text="Else one of these.")


@dataclass(frozen=True)
class Setting:
    """A field of a profile under its name."""

    name: str
    one: Field


class SettingSerializer(serializers.Serializer):
    """A setting of a profile: all that is needed to draw a form of it. Words are in the language asked for."""

    name = serializers.CharField()
    prof = serializers.CharField(source="one.prof", help_text="Its number in the requirements.")
    label = serializers.CharField(source="one.label")
    help = serializers.CharField(source="one.help", allow_blank=True)
    kind = serializers.ChoiceField(source="one.kind", choices=KINDS)
    step = serializers.ChoiceField(source="one.step", choices=[(one.value, one.value) for one in Step])
    section = serializers.ChoiceField(source="one.section", choices=[(one.value, one.value) for one in Section])
    default = serializers.SerializerMethodField(help_text="Of a new profile.")
    is_required = serializers.BooleanField(source="one.is_required", help_text="When it means something.")
    longest = serializers.IntegerField(source="one.longest", allow_null=True, help_text="Characters.")
    most = serializers.IntegerField(source="one.most", allow_null=True, help_text="Entries of a list.")
    choices = serializers.SerializerMethodField()
    minimum_os = serializers.CharField(
        source="one.minimum_os", allow_blank=True, help_text="The first version that knows it."
    )
    apple_key = serializers.SerializerMethodField(help_text="Of Apple's payload; empty when Apple is not told.")
    is_applied_by_mdm = serializers.BooleanField(
        source="one.is_applied_by_mdm", help_text="By your MDM server, which can read it here."
    )
    makes_revision = serializers.BooleanField(
        source="one.makes_revision", help_text="Another value takes effect only after an erase."
    )
    shown_when = serializers.SerializerMethodField(
        help_text="Alternatives: it means something when all conditions of one of them hold. Empty: always."
    )

    @extend_schema_field(OpenApiTypes.ANY)
    def get_default(self, setting: Setting) -> Any:
        default = setting.one.default
        return list(default) if isinstance(default, tuple) else default

    @extend_schema_field(ChoiceSerializer(many=True))
    def get_choices(self, setting: Setting) -> list[dict[str, Any]]:
        one = setting.one
        helps = [str(text) for text in one.choice_helps] or [""] * len(one.choices)
        pairs = zip(one.choices, helps, strict=True)
        return [{"value": value, "label": str(label), "help": help_} for (value, label), help_ in pairs]

    def get_apple_key(self, setting: Setting) -> str:
        goes_to = setting.one.goes_to
        return "" if goes_to in ("mdm", "local") else goes_to

    @extend_schema_field(serializers.ListField(child=ConditionOnSerializer(many=True)))
    def get_shown_when(self, setting: Setting) -> list[list[dict[str, Any]]]:
        return [[_condition(*need) for need in needs.items()] for needs in NEEDS.get(setting.name, ())]


def _condition(setting: str, wanted: Any) -> dict[str, Any]:
    values = [] if wanted is ANY else list(wanted) if isinstance(wanted, tuple) else [wanted]
    return {"setting": setting, "is_any": wanted is ANY, "values": [getattr(value, "value", value) for value in values]}


class PaneSerializer(serializers.Serializer):
    """A screen of Setup Assistant. Words are in the language asked for; versions are of iOS and iPadOS."""

    key = serializers.CharField(help_text="Of `hidden_panes`, and of Apple's `skip_setup_items`.")
    group = serializers.CharField()
    group_label = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    note = serializers.SerializerMethodField()
    first_version = serializers.SerializerMethodField()
    deprecated_version = serializers.SerializerMethodField(help_text="Empty: still shown.")
    removed_version = serializers.SerializerMethodField(help_text="Empty: still there.")
    is_always_skippable = serializers.BooleanField()
    families = serializers.ListField(child=serializers.CharField(), help_text="Empty: every one.")

    def get_group_label(self, pane: Pane) -> str:
        return GROUPS[pane.group]["fr" if _language().startswith("fr") else "en"]

    def get_label(self, pane: Pane) -> str:
        return pane.label(_language())

    def get_description(self, pane: Pane) -> str:
        return pane.description(_language())

    def get_note(self, pane: Pane) -> str:
        return pane.note(_language())

    def get_first_version(self, pane: Pane) -> str:
        return pane.first["ios"]

    def get_deprecated_version(self, pane: Pane) -> str:
        return pane.deprecated.get("ios", "")

    def get_removed_version(self, pane: Pane) -> str:
        return pane.removed.get("ios", "")


def _language() -> str:
    return get_language() or "en"
