from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.profiles.check_draft import LONGEST_NAME, check_draft
from enrollment.actions.profiles.check_enrollment_url import TlsVerdict
from enrollment.actions.profiles.draft_consequences import Consequences, draft_consequences
from enrollment.api.serializers.profile_settings import SettingsSaid
from enrollment.api.serializers.said import OneOf, Said
from enrollment.models import Profile, ProfileDraft, Token


class ProfileDraftSerializer(serializers.ModelSerializer):
    """A profile being written, new or an edit of one."""

    class Meta:
        model = ProfileDraft
        fields = ["id", "token", "profile", "name", "description", "platform", "created_at", "updated_at"]


class ConsequencesSerializer(serializers.Serializer):
    """What saving an edit means for the devices."""

    device_count = serializers.IntegerField(help_text="Devices that have the profile.")
    makes_revision = serializers.BooleanField(help_text="It takes effect only after an erase.")
    newer_revision = serializers.SerializerMethodField(help_text="What somebody saved since the draft was begun.")

    def get_newer_revision(self, found: Consequences) -> int | None:
        return found.newer.number if found.newer else None


class WholeProfileDraftSerializer(ProfileDraftSerializer):
    """A profile being written: what was typed, and everything that keeps it from being saved."""

    settings = serializers.DictField(read_only=True, help_text="As typed; what is left out has its default.")
    errors = serializers.SerializerMethodField(
        help_text="Field → sentences; those under `__all__` are about the whole. Empty: it can be saved."
    )
    consequences = serializers.SerializerMethodField()

    class Meta(ProfileDraftSerializer.Meta):
        fields = [*ProfileDraftSerializer.Meta.fields, "settings", "errors", "consequences"]

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.CharField())))
    def get_errors(self, draft: ProfileDraft) -> dict[str, list[str]]:
        return check_draft(draft)[1]

    @extend_schema_field(ConsequencesSerializer(allow_null=True, help_text="Of an edit; null of a new profile."))
    def get_consequences(self, draft: ProfileDraft) -> Any:
        found = draft_consequences(draft, check_draft(draft)[0])
        return ConsequencesSerializer(found).data if found else None


class ImportedDraftSerializer(WholeProfileDraftSerializer):
    """A draft from a file, with the keys of it that no setting stands for."""

    left_out = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(WholeProfileDraftSerializer.Meta):
        fields = [*WholeProfileDraftSerializer.Meta.fields, "left_out"]


class ProfileDraftStartSerializer(Said):
    """What a draft begins with: the defaults, or what another profile says."""

    token = OneOf(Token, required=False, help_text="Left out with `like`, it is that profile's.")
    like = OneOf(Profile, required=False, help_text="Begin with what this profile says, for the same token or another.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said:
            raise serializers.ValidationError({"token": [self.fields["token"].error_messages["required"]]})
        return said


class ProfileDraftEditSerializer(Said):
    """What is typed; what is not named stays as it was."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    settings = SettingsSaid(required=False)


class ProfileImportSerializer(Said):
    """A profile as a file: one exported here, or one of Apple's as other tools write it; JSON or YAML."""

    token = OneOf(Token)
    file = serializers.FileField(max_length=250, help_text="At most 512 KB.")


class ProfileTextSerializer(Said):
    """The same as a text."""

    token = OneOf(Token)
    text = serializers.CharField(trim_whitespace=False, help_text="JSON or YAML, at most 512 KB.")


class TlsVerdictSerializer(serializers.Serializer):
    """Whether devices would get through to the enrollment URL."""

    verdict = serializers.ChoiceField(choices=[(one.name.lower(), str(one)) for one in TlsVerdict])
    answers = serializers.BooleanField()
    sentence = serializers.CharField()
