from rest_framework import serializers

from enrollment.models import CalendarFeed


class CalendarSerializer(serializers.ModelSerializer):
    """Your calendar address, without its secret."""

    made_at = serializers.DateTimeField(source="created_at", read_only=True, allow_null=True)

    class Meta:
        model = CalendarFeed
        fields = ["made_at", "last_read_at"]
        read_only_fields = fields


class CalendarMadeSerializer(serializers.Serializer):
    """A new address: whoever knows it reads what you see expire."""

    address = serializers.CharField(help_text="Ends in .ics; add it to a calendar as a subscription from the web.")
