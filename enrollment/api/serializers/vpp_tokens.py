from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.serializers.said import Said
from enrollment.api.serializers.scope import TagsGiven, TagsSeen
from enrollment.api.serializers.tokens import LONGEST_NAME
from enrollment.models import VppToken, VppTokenStatus
from enrollment.models.licence_stock import Supply


class StockSerializer(serializers.Serializer):
    """The licences of one app or book, at all its prices together."""

    adam_id = serializers.CharField(help_text="In the App Store.")
    name = serializers.CharField(source="title")
    is_company_portal = serializers.BooleanField(help_text="It is the app that enrollment needs.")
    is_book = serializers.BooleanField()
    prices = serializers.ListField(child=serializers.CharField(), help_text="STDQ, PLUS or both.")
    total = serializers.IntegerField(source="owned")
    used = serializers.IntegerField()
    free = serializers.IntegerField()
    retired = serializers.IntegerField(source="retired_ones", help_text="Refunded: nobody can use them any more.")
    supply = serializers.ChoiceField(choices=Supply.choices, help_text="Low at 10 % or 10 free.")


class VppTokenSerializer(serializers.ModelSerializer):
    """A content token of Apps and Books, without its secret."""

    status = serializers.ChoiceField(choices=VppTokenStatus.choices, read_only=True)
    is_pretend = serializers.BooleanField(read_only=True, help_text="Of the pretend Apple.")
    days_left = serializers.IntegerField(read_only=True)
    location_id = serializers.CharField(source="uid", read_only=True, help_text="By which Apple knows the location.")
    is_being_read = serializers.BooleanField(read_only=True, help_text="Now, or as soon as a worker comes to it.")
    trouble = serializers.SerializerMethodField(help_text="What Apple last said no with.")
    advice = serializers.SerializerMethodField(help_text="What can be done about that.")
    company_portal = serializers.SerializerMethodField(help_text="Its licences; null when there are none, or none yet.")
    profiles = serializers.SerializerMethodField(help_text="Ids of those that have chosen it and you see.")
    scope_tags = TagsSeen()

    class Meta:
        model = VppToken
        fields = [
            "id",
            "name",
            "org_name",
            "location_name",
            "location_id",
            "country",
            "managed_by",
            "status",
            "is_pretend",
            "expires_at",
            "days_left",
            "read_at",
            "next_read_at",
            "is_being_read",
            "trouble",
            "advice",
            "company_portal",
            "profiles",
            "scope_tags",
            "created_at",
        ]

    def get_trouble(self, token: VppToken) -> str:
        return _(token.trouble_sentence) % token.trouble_details if token.trouble_sentence else ""

    def get_advice(self, token: VppToken) -> str:
        return _(token.trouble_advice) % token.trouble_details if token.trouble_advice else ""

    @extend_schema_field(StockSerializer(allow_null=True))
    def get_company_portal(self, token: VppToken) -> Any:
        stock = self.context["portals"].get(token.pk)
        return StockSerializer(stock).data if stock else None

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_profiles(self, token: VppToken) -> list[int]:
        return [profile.pk for profile in self.context["profiles"].get(token.pk, ())]


class VppTokenAddSerializer(Said):
    """A content token to be added."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Profiles choose the token by it.")
    file = serializers.FileField(max_length=250, help_text="The `.vpptoken` of the portal, at most 64 KB.")
    scope_tags = TagsGiven(default=list)


class VppTokenEditSerializer(Said):
    """What of a VPP token can be edited; what is not named stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    scope_tags = TagsGiven()


class VppTokenRenewSerializer(Said):
    """A newer content token of the same location."""

    file = serializers.FileField(max_length=250, help_text="The `.vpptoken` of the portal, at most 64 KB.")
    confirm_other_location = serializers.BooleanField(
        default=False, help_text="Replace the location by another one: profiles take its licences from then on."
    )
