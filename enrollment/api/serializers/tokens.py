from rest_framework import serializers

from enrollment.models import Token


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
