from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.pages import LARGEST, SMALLEST
from enrollment.models import AssignmentState, Device
from enrollment.models.device_list import COLUMNS, SERIAL
from enrollment.models.device_timeline import SHOWN
from enrollment.models.name_template import device_name
from enrollment.models.profile_at_apple import ProfileAtApple

GROUPED_BY = {
    "apple_status": "apple_profile_status",
    "state": "state_now",
    "wish": "wish",
    "profile": "profile",
    "family": "family",
    "token": "token",
}
SORTS = sorted(
    f"{sign}{column.sorts_by}" for column in (SERIAL, *COLUMNS.values()) if column.sorts_by for sign in ("", "-")
)


class ProfileAtAppleSerializer(serializers.Serializer):
    """The profile Apple has for a device: one of ours, or another tool's."""

    uuid = serializers.CharField(help_text="Apple's.")
    profile = serializers.IntegerField(allow_null=True, help_text="Ours; null when another tool made it.")
    name = serializers.CharField(help_text="What it is called, or Apple's uuid where nobody knows.")


class DeviceSerializer(serializers.ModelSerializer):
    """A device: what Apple says, what is wanted, how far that has come."""

    assignment_state = serializers.ChoiceField(choices=AssignmentState.choices, source="state_now", read_only=True)
    imei = serializers.ListField(child=serializers.CharField(), read_only=True)
    meid = serializers.ListField(child=serializers.CharField(), read_only=True)
    needs_wipe = serializers.BooleanField(
        read_only=True, help_text="Only an erase gives it the current revision of the wanted profile."
    )
    device_name = serializers.SerializerMethodField(help_text="By the name template of the wanted profile, if any.")
    profile_at_apple = serializers.SerializerMethodField()

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
            "assigned_by",
            "assigned_at",
            "apple_profile_status",
            "apple_profile_uuid",
            "profile_at_apple",
            "profile_assigned_at",
            "profile_pushed_at",
            "migration_deadline",
            "given_uuid",
            "given_at",
            "needs_wipe",
            "device_name",
            "imei",
            "meid",
            "eid",
            "wifi_mac",
            "bluetooth_mac",
            "ethernet_mac",
            "is_replacement",
            "replaces_serial",
            "replaced_on",
            "released_by_replacement",
            "appeared_at",
            "released_at",
            "wish",
            "profile",
            "wished_because",
            "wished_by",
            "wished_at",
            "assignment_state",
            "asked_at",
            "answer",
            "next_try_at",
            "confirmed_at",
        ]
        read_only_fields = fields

    def get_device_name(self, device: Device) -> str:
        return device_name(device.profile.device_name_template, device) if device.profile else ""

    @extend_schema_field(ProfileAtAppleSerializer(allow_null=True))
    def get_profile_at_apple(self, device: Device) -> dict[str, Any] | None:
        known: dict[int, ProfileAtApple] = self.context["at_apple"]
        return known[device.pk]._asdict() if device.pk in known else None


class ListAskedSerializer(serializers.Serializer):
    """How a list is to be sorted."""

    sort = serializers.ChoiceField(choices=SORTS, default="serial", help_text="A column; with a minus, downwards.")


class CountAskedSerializer(serializers.Serializer):
    """What the count is divided by."""

    by = serializers.ChoiceField(choices=list(GROUPED_BY), default="apple_status")


class GroupSerializer(serializers.Serializer):
    """Devices that are alike."""

    value = serializers.CharField(allow_null=True, allow_blank=True, help_text="Of a token or profile its id.")
    count = serializers.IntegerField()


class CountSerializer(serializers.Serializer):
    """How many devices the filters match."""

    count = serializers.IntegerField()
    by = serializers.ChoiceField(choices=list(GROUPED_BY))
    groups = GroupSerializer(many=True, help_text="The largest first.")


class ModelsSerializer(serializers.Serializer):
    """The models of the devices you see; none where they are too many to choose from."""

    models = serializers.ListField(child=serializers.CharField())


class HappeningSerializer(serializers.Serializer):
    """Something that happened to a device."""

    at = serializers.DateTimeField()
    what = serializers.CharField()
    more = serializers.CharField(allow_blank=True)
    who = serializers.CharField(allow_blank=True, help_text="A person of ours, or whom Apple names.")
    state = serializers.CharField(allow_blank=True, help_text="Of an assignment or at Apple, where it tells of one.")


class DifferenceSerializer(serializers.Serializer):
    """A column that Apple changed, in words."""

    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class RefreshedSerializer(serializers.Serializer):
    """What reading a device from Apple has changed."""

    is_gone = serializers.BooleanField(help_text="Apple no longer has it on this server: it is shown as released.")
    differences = DifferenceSerializer(many=True)
    device = DeviceSerializer()


class ExplainedSerializer(serializers.Serializer):
    """A rule held against the device, its conditions in words."""

    rule = serializers.IntegerField(source="rule.pk")
    name = serializers.CharField(source="rule.name")
    mode = serializers.CharField(source="rule.mode")
    profile = serializers.IntegerField(source="rule.profile_id")
    is_winner = serializers.BooleanField()
    matches = serializers.BooleanField()
    holds_because = serializers.ListField(
        child=serializers.CharField(), help_text="The conditions of the first group that holds."
    )
    fails_because = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Of each group, the conditions that do not hold.",
    )


class ExplanationSerializer(serializers.Serializer):
    """Which rule of its token wins a device, and why."""

    winner = serializers.IntegerField(source="winner.pk", default=None, allow_null=True)
    decided_by_rule = serializers.BooleanField(help_text="What is wanted now was written by a rule.")
    is_as_decided = serializers.BooleanField(help_text="What is wanted now is what the winner says.")
    rules = ExplainedSerializer(many=True, help_text="All rules of the token, in order.")


class DeleteAskedSerializer(serializers.Serializer):
    """Typed on the page, said here."""

    serial = serializers.CharField(max_length=64, help_text="The device's serial number, to confirm.")


class TimelineAskedSerializer(serializers.Serializer):
    """Which part of a time line."""

    before = serializers.DateTimeField(required=False, help_text="What happened before this time.")
    page_size = serializers.IntegerField(
        min_value=SMALLEST, max_value=LARGEST, default=SHOWN, help_text="How many are told."
    )


class TimelineSerializer(serializers.Serializer):
    """The newest first."""

    next = serializers.URLField(allow_null=True, help_text="What happened before that.")
    results = HappeningSerializer(many=True)
