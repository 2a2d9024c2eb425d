from rest_framework import serializers

from enrollment.models import Profile


class ProfileSerializer(serializers.ModelSerializer):
    """A profile with its current revision."""

    revision = serializers.IntegerField(source="current.number", default=None, read_only=True)
    apple_uuid = serializers.CharField(source="current.apple_uuid", default="", read_only=True)
    settings = serializers.DictField(read_only=True)
    payload = serializers.DictField(source="current.payload", default=dict, read_only=True)

    class Meta:
        model = Profile
        fields = ["id", "token", "name", "description", "platform", "revision", "apple_uuid", "settings", "payload"]


class AssignSerializer(serializers.Serializer):
    """Which devices a profile is wanted for, by serial number."""

    serials = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=1_000)


class AssignedSerializer(serializers.Serializer):
    """How many devices are to get the profile, have it already, or cannot have it and why."""

    gets = serializers.IntegerField()
    has = serializers.IntegerField()
    cannot = serializers.DictField(child=serializers.IntegerField())
    unknown = serializers.ListField(child=serializers.CharField())
