from rest_framework import serializers

from enrollment.actions.warnings.expiries import ExpiryKind
from enrollment.api.serializers.tokens import StatusCountsSerializer
from enrollment.models.licence_stock import Supply


class SeverityCountsSerializer(serializers.Serializer):
    """Warnings that are not snoozed, by how bad they are."""

    notice = serializers.IntegerField()
    warning = serializers.IntegerField()
    unhealthy = serializers.IntegerField()


class HealthCountsSerializer(serializers.Serializer):
    """Tokens by what stands for them, snoozed or not."""

    healthy = serializers.IntegerField()
    warning = serializers.IntegerField()
    unhealthy = serializers.IntegerField()


class TokenCountsSerializer(serializers.Serializer):
    """Tokens by how they are."""

    total = serializers.IntegerField()
    by_health = HealthCountsSerializer()


class DevicesByStateSerializer(serializers.Serializer):
    """Devices by how far what is wanted of them has come."""

    nothing_wanted = serializers.IntegerField()
    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    throttled = serializers.IntegerField()
    failed = serializers.IntegerField()
    not_accessible = serializers.IntegerField()
    drifted = serializers.IntegerField()


class ProfileShareSerializer(serializers.Serializer):
    """Of how many devices a profile is wanted."""

    profile = serializers.IntegerField()
    devices = serializers.IntegerField()


class DeviceCountsSerializer(serializers.Serializer):
    """Devices that are here and not released."""

    at = serializers.DateTimeField(help_text="When they were counted: at most a minute ago.")
    total = serializers.IntegerField()
    released = serializers.IntegerField(help_text="Those that wait for deletion; nowhere else they count.")
    by_status = StatusCountsSerializer()
    by_state = DevicesByStateSerializer()
    by_profile = ProfileShareSerializer(many=True, allow_null=True, help_text="Null without the permission to read it.")
    no_profile_wanted = serializers.IntegerField()
    nothing_said = serializers.IntegerField()


class ExpirySerializer(serializers.Serializer):
    """Something that ends within twelve months, or has ended and was not replaced."""

    kind = serializers.ChoiceField(choices=ExpiryKind.choices)
    name = serializers.CharField()
    expires_at = serializers.DateTimeField()
    link = serializers.CharField(help_text="The page where something is done about it, as a path.")


class SyncDaySerializer(serializers.Serializer):
    """The syncs that ended on a day."""

    day = serializers.DateField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="Devices that they added, updated or released.")


class PortalLicencesSerializer(serializers.Serializer):
    """What a VPP token has of the Company Portal."""

    vpp_token = serializers.IntegerField()
    total = serializers.IntegerField(source="owned")
    used = serializers.IntegerField()
    free = serializers.IntegerField()
    supply = serializers.ChoiceField(choices=Supply.choices)


class DashboardSerializer(serializers.Serializer):
    """All that is to be seen at one glance."""

    at = serializers.DateTimeField()
    warnings = SeverityCountsSerializer()
    tokens = TokenCountsSerializer(allow_null=True)
    devices = DeviceCountsSerializer(allow_null=True)
    expiries = ExpirySerializer(many=True)
    syncs = SyncDaySerializer(many=True, allow_null=True, help_text="The last 14 days, today being the last.")
    licences = PortalLicencesSerializer(
        many=True, allow_null=True, help_text="Of the Company Portal, the fewest left first."
    )
