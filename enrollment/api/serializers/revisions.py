from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.serializers.profile_settings import ProfileSettingsSerializer
from enrollment.api.serializers.profiles import AT_APPLE, at_apple
from enrollment.models import ProfileRevision
from enrollment.models.payload_difference import KeyDifference


class RevisionSerializer(serializers.ModelSerializer):
    """What a profile said at one time; it is never changed."""

    created_by = serializers.CharField(source="created_by.username", default="", read_only=True)
    at_apple = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField(help_text="What Apple said no with.")
    advice = serializers.SerializerMethodField(help_text="What can be done about that.")

    class Meta:
        model = ProfileRevision
        fields = [
            "number",
            "created_at",
            "created_by",
            "at_apple",
            "apple_uuid",
            "defined_at",
            "refusal",
            "advice",
            "refused_field",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=AT_APPLE))
    def get_at_apple(self, revision: ProfileRevision) -> str:
        return at_apple(revision)

    def get_refusal(self, revision: ProfileRevision) -> str:
        return _(revision.refusal_sentence) % revision.refusal_details if revision.refusal_sentence else ""

    def get_advice(self, revision: ProfileRevision) -> str:
        return _(revision.refusal_advice) % revision.refusal_details if self.get_refusal(revision) else ""


class WholeRevisionSerializer(RevisionSerializer):
    """A revision with its settings and the payload."""

    settings = ProfileSettingsSerializer(source="settings_of_today", read_only=True)
    payload = serializers.DictField(read_only=True, help_text="Exactly what Apple got, or is to get.")

    class Meta(RevisionSerializer.Meta):
        fields = [*RevisionSerializer.Meta.fields, "settings", "payload"]


class SettingDifferenceSerializer(serializers.Serializer):
    """A setting that is not the same, in words of the language asked for."""

    label = serializers.CharField(source="one.label")
    prof = serializers.CharField(source="one.prof", help_text="Its number in the requirements.")
    before = serializers.CharField()
    after = serializers.CharField()


class KeyDifferenceSerializer(serializers.Serializer):
    """A key of Apple's whose value is not the same; null and `has_… = false` where there is none."""

    key = serializers.CharField()
    has_before = serializers.BooleanField()
    before = serializers.SerializerMethodField()
    has_after = serializers.BooleanField()
    after = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.ANY)
    def get_before(self, one: KeyDifference) -> Any:
        return one.before if one.has_before else None

    @extend_schema_field(OpenApiTypes.ANY)
    def get_after(self, one: KeyDifference) -> Any:
        return one.after if one.has_after else None


class ComparisonSerializer(serializers.Serializer):
    """Two revisions: only what differs."""

    before = serializers.IntegerField(help_text="The number of the one.")
    after = serializers.IntegerField(help_text="The number of the other.")
    settings = SettingDifferenceSerializer(many=True)
    payload = KeyDifferenceSerializer(many=True)


class AppleSideSerializer(serializers.Serializer):
    """Apple's copy of the current revision, and where it is not what was sent."""

    payload = serializers.DictField()
    differences = KeyDifferenceSerializer(many=True)
    defaults = KeyDifferenceSerializer(many=True, help_text="What Apple added.")
