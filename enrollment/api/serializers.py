"""What programs read: fields by name, never a secret."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from enrollment.models import AssignmentState, Device, Profile, SyncRun, Token
from enrollment.models.name_template import device_name


class TokenSerializer(serializers.ModelSerializer):
    """A token without its key."""

    status = serializers.CharField(source="status_now", read_only=True)
    is_pretend = serializers.BooleanField(read_only=True)
    days_left = serializers.IntegerField(read_only=True)

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "apple_id",
            "status",
            "is_pretend",
            "expires_at",
            "days_left",
            "server_name",
            "server_uuid",
            "org_name",
            "synced_at",
            "full_synced_at",
            "next_sync_at",
            "default_profile",
        ]


class SyncRunSerializer(serializers.ModelSerializer):
    """A sync, begun or over."""

    trouble = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()

    class Meta:
        model = SyncRun
        fields = [
            "id",
            "token",
            "kind",
            "trigger",
            "status",
            "asked_at",
            "started_at",
            "finished_at",
            "wait_until",
            "pages",
            "received",
            "added",
            "updated",
            "released",
            "unchanged",
            "trouble",
            "advice",
        ]

    def get_trouble(self, run: SyncRun) -> str:
        return _(run.trouble_sentence) % run.trouble_details if run.trouble_sentence else ""

    def get_advice(self, run: SyncRun) -> str:
        return _(run.trouble_advice) % run.trouble_details if run.trouble_advice else ""


class ProfileSerializer(serializers.ModelSerializer):
    """A profile with its current revision."""

    revision = serializers.IntegerField(source="current.number", default=None, read_only=True)
    apple_uuid = serializers.CharField(source="current.apple_uuid", default="", read_only=True)
    settings = serializers.DictField(read_only=True)
    payload = serializers.DictField(source="current.payload", default=dict, read_only=True)

    class Meta:
        model = Profile
        fields = ["id", "token", "name", "description", "platform", "revision", "apple_uuid", "settings", "payload"]


class DeviceSerializer(serializers.ModelSerializer):
    """A device: what Apple says, what is wanted, how far that has come."""

    assignment_state = serializers.ChoiceField(choices=AssignmentState.choices, source="state_now", read_only=True)
    imei = serializers.ListField(child=serializers.CharField(), read_only=True)
    meid = serializers.ListField(child=serializers.CharField(), read_only=True)
    needs_wipe = serializers.BooleanField(read_only=True)
    device_name = serializers.SerializerMethodField(help_text="By the name template of the wanted profile, if any.")

    class Meta:
        model = Device
        fields = [
            "id",
            "token",
            "serial",
            "model",
            "description",
            "color",
            "asset_tag",
            "family",
            "os",
            "assigned_at",
            "apple_profile_status",
            "apple_profile_uuid",
            "profile_assigned_at",
            "profile_pushed_at",
            "given_at",
            "needs_wipe",
            "device_name",
            "imei",
            "meid",
            "released_at",
            "wish",
            "profile",
            "assignment_state",
            "asked_at",
            "answer",
            "next_try_at",
            "confirmed_at",
        ]

    def get_device_name(self, device: Device) -> str:
        return device_name(device.profile.device_name_template, device) if device.profile else ""


class AssignSerializer(serializers.Serializer):
    """Which devices a profile is wanted for, by serial number."""

    serials = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=1_000)


class AssignedSerializer(serializers.Serializer):
    """How many devices are to get the profile, have it already, or cannot have it and why."""

    gets = serializers.IntegerField()
    has = serializers.IntegerField()
    cannot = serializers.DictField(child=serializers.IntegerField())
    unknown = serializers.ListField(child=serializers.CharField())
