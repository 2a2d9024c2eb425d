from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.profiles.check_draft import LONGEST_NAME
from enrollment.actions.profiles.delete_profile import InTheWay
from enrollment.api.serializers.profile_settings import ProfileSettingsSerializer, SettingsSaid
from enrollment.api.serializers.said import OneOf, Said
from enrollment.models import AssignmentState, Profile, ProfileRevision, Token

AT_APPLE = [
    ("known", "Apple has it."),
    ("waiting", "Apple has not been asked yet, or was away: it is tried again."),
    ("refused", "Apple refused it; the revision says why."),
]


def at_apple(revision: ProfileRevision | None) -> str:
    """How Apple stands to a revision."""
    if revision and revision.apple_uuid:
        return "known"
    return "refused" if revision and revision.refusal_sentence else "waiting"


class ProfileSerializer(serializers.ModelSerializer):
    """A profile with its current revision.

    Nothing in it depends on the language or on how many devices have it: its ETag is made of it.
    """

    revision = serializers.IntegerField(source="current.number", default=None, read_only=True, allow_null=True)
    apple_uuid = serializers.CharField(source="current.apple_uuid", default="", read_only=True)
    at_apple = serializers.SerializerMethodField()
    refused_field = serializers.CharField(
        source="current.refused_field", default="", read_only=True, help_text="Apple's name of what it refused."
    )
    settings = ProfileSettingsSerializer(read_only=True)
    payload = serializers.DictField(
        source="current.payload", default=dict, read_only=True, help_text="Exactly what Apple gets."
    )

    class Meta:
        model = Profile
        fields = [
            "id",
            "token",
            "name",
            "description",
            "platform",
            "revision",
            "apple_uuid",
            "at_apple",
            "refused_field",
            "created_at",
            "updated_at",
            "settings",
            "payload",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=AT_APPLE))
    def get_at_apple(self, profile: Profile) -> str:
        return at_apple(profile.current)


class ListedProfileSerializer(ProfileSerializer):
    """A profile with how many devices are to have it, and how many of them need an erase to get what it says now."""

    device_count = serializers.IntegerField(read_only=True)
    needs_wipe = serializers.IntegerField(read_only=True)

    class Meta(ProfileSerializer.Meta):
        fields = [*ProfileSerializer.Meta.fields, "device_count", "needs_wipe"]


class ProfileEditSerializer(Said):
    """What of a profile is to be another; what is not named stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    settings = SettingsSaid(required=False, help_text="Those named; the others stay.")


class ProfileWriteSerializer(Said):
    """All that a profile says; a setting that is not named has its default."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Groups know it as enrollmentProfileName.")
    description = serializers.CharField(default="", allow_blank=True)
    settings = SettingsSaid(default=dict)


class ProfileMakeSerializer(ProfileWriteSerializer):
    """A new profile of a token."""

    token = OneOf(Token)


class AssignSerializer(Said):
    """Which devices a profile is wanted for, by serial number."""

    serials = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=1_000)


class AssignedSerializer(serializers.Serializer):
    """How many devices are to get the profile, have it already, or cannot have it and why."""

    gets = serializers.IntegerField()
    has = serializers.IntegerField()
    cannot = serializers.DictField(child=serializers.IntegerField())
    unknown = serializers.ListField(child=serializers.CharField())


class StateCountsSerializer(serializers.Serializer):
    """Devices by how far the assignment has come."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {state: serializers.IntegerField() for state in AssignmentState.values}


class InTheWaySerializer(serializers.Serializer):
    """Something that keeps a profile from being deleted."""

    reason = serializers.ChoiceField(choices=[(one.name.lower(), str(one)) for one in InTheWay])
    sentence = serializers.CharField()


class UsageSerializer(serializers.Serializer):
    """Which devices have a profile, and what it is needed for."""

    device_count = serializers.IntegerField()
    by_state = StateCountsSerializer()
    needs_wipe = serializers.IntegerField(help_text="Devices that only an erase gives what it says now.")
    is_default = serializers.BooleanField(help_text="Of its token.")
    waiting = serializers.IntegerField(help_text="Devices there before it was the default, and without a profile.")
    in_the_way = InTheWaySerializer(many=True, help_text="What keeps it from being deleted.")


class FindingSerializer(serializers.Serializer):
    """What the linter says: allowed, and perhaps not what somebody wants."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=[("error", "error"), ("warning", "warning"), ("info", "info")])
    sentence = serializers.CharField()
    remedy = serializers.CharField()


class ScreenDetailSerializer(serializers.Serializer):
    """A line on a screen."""

    label = serializers.CharField()
    value = serializers.CharField()


class ScreenSerializer(serializers.Serializer):
    """One screen of Setup Assistant, in the language asked for."""

    kind = serializers.CharField(help_text="What it is about, such as hello, pane, management, web, await, home.")
    key = serializers.CharField(allow_blank=True, help_text="Apple's key, where one can hide it.")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    button = serializers.CharField(allow_blank=True)
    fields_asked = serializers.ListField(source="fields", child=serializers.CharField())
    details = serializers.SerializerMethodField()
    note = serializers.CharField(allow_blank=True)

    @extend_schema_field(ScreenDetailSerializer(many=True))
    def get_details(self, screen: Any) -> list[dict[str, str]]:
        return [{"label": label, "value": value} for label, value in screen.details]


class PreviewSerializer(serializers.Serializer):
    """The screens a user will meet, in order."""

    family = serializers.CharField()
    version = serializers.IntegerField()
    is_refused = serializers.BooleanField(help_text="The profile sets up a Shared iPad, and this is none.")
    screens = ScreenSerializer(many=True)
