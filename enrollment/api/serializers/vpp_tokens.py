from rest_framework import serializers

from enrollment.api.serializers.said import Said
from enrollment.api.serializers.scope import TagsGiven, TagsSeen
from enrollment.api.serializers.tokens import LONGEST_NAME
from enrollment.models import VppToken, VppTokenStatus


class VppTokenSerializer(serializers.ModelSerializer):
    """A content token of Apps and Books, without its secret."""

    status = serializers.ChoiceField(choices=VppTokenStatus.choices, read_only=True)
    days_left = serializers.IntegerField(read_only=True)
    scope_tags = TagsSeen()

    class Meta:
        model = VppToken
        fields = ["id", "name", "org_name", "status", "expires_at", "days_left", "scope_tags", "created_at"]


class VppTokenAddSerializer(Said):
    """A content token to be added."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Profiles choose the token by it.")
    file = serializers.FileField(max_length=250, help_text="The `.vpptoken` of the portal, at most 64 KB.")
    scope_tags = TagsGiven(default=list)
