from rest_framework import serializers

from enrollment.models import AssignmentState, Device
from enrollment.models.name_template import device_name


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
