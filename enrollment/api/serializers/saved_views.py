from rest_framework import serializers

from enrollment.api.serializers.said import Said
from enrollment.models import SavedView
from enrollment.models.device_list import COLUMNS
from enrollment.models.saved_view import NAME_LENGTH, QUERY_LENGTH


class SavedViewSerializer(serializers.ModelSerializer):
    """A filtered and sorted device list somebody wants to come back to."""

    class Meta:
        model = SavedView
        fields = ["id", "name", "query"]
        read_only_fields = fields


class SaveViewSerializer(Said):
    """The list, under a name."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    query = serializers.CharField(
        max_length=QUERY_LENGTH,
        allow_blank=True,
        help_text="As it stands in an address: `state=failed&sort=-model`; what a list does not know is left out.",
    )
    replaces = serializers.BooleanField(default=False, help_text="The view of this name, if there is one.")


class DeviceColumnsSerializer(Said):
    """Which columns your device list shows, behind the serial number; none are the usual ones."""

    columns = serializers.ListField(child=serializers.ChoiceField(choices=list(COLUMNS)), max_length=len(COLUMNS))
