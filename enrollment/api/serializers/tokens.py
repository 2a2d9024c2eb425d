from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.devices.sync_state import sync_state
from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.tokens.delete_token import Held
from enrollment.api.serializers.said import OneOf, Said
from enrollment.api.serializers.scope import TagsGiven, TagsSeen
from enrollment.api.serializers.syncs import SyncStateSerializer
from enrollment.api.standing import healths
from enrollment.models import AppleProfileStatus, Health, Profile, Token, TokenStatus
from enrollment.models.listed_counts import status_counts

LONGEST_NAME = 100


class TokenSerializer(serializers.ModelSerializer):
    """A token without its key."""

    status = serializers.ChoiceField(choices=TokenStatus.choices, source="status_now", read_only=True)
    health = serializers.SerializerMethodField(help_text="By the worst of what holds for it, snoozed or not.")
    is_pretend = serializers.BooleanField(read_only=True, help_text="Of the pretend Apple.")
    days_left = serializers.IntegerField(read_only=True, help_text="Until Apple stops accepting it.")
    scope_tags = TagsSeen()
    device_count = serializers.IntegerField(read_only=True)
    profile_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "apple_id",
            "status",
            "health",
            "is_pretend",
            "expires_at",
            "days_left",
            "server_name",
            "server_uuid",
            "org_name",
            "scope_tags",
            "device_count",
            "profile_count",
            "synced_at",
            "full_synced_at",
            "next_sync_at",
            "default_profile",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=Health.choices))
    def get_health(self, token: Token) -> Health:
        return healths(self.context["request"]).get(token.pk, Health.HEALTHY)


class StatusCountsSerializer(serializers.Serializer):
    """Devices by their profile's status at Apple."""

    empty = serializers.IntegerField()
    assigned = serializers.IntegerField()
    pushed = serializers.IntegerField()
    removed = serializers.IntegerField()


class WholeTokenSerializer(TokenSerializer):
    """A token with what Apple says of its account, what it said no with, and how its sync stands."""

    key_end = serializers.CharField(
        source="consumer_key_end", read_only=True, help_text="The last characters of what Apple knows the server by."
    )
    trouble = serializers.SerializerMethodField(help_text="What Apple last said no with.")
    advice = serializers.SerializerMethodField(help_text="What can be done about that.")
    by_status = serializers.SerializerMethodField(help_text="Devices by their profile's status at Apple.")
    released_count = serializers.SerializerMethodField(help_text="Released devices that wait for deletion.")
    sync = serializers.SerializerMethodField()

    class Meta(TokenSerializer.Meta):
        fields = [
            *TokenSerializer.Meta.fields,
            "apple_url",
            "key_end",
            "verified_at",
            "default_profile_since",
            "admin_id",
            "org_id",
            "org_email",
            "org_phone",
            "org_address",
            "org_type",
            "org_version",
            "trouble",
            "advice",
            "by_status",
            "released_count",
            "sync",
        ]

    def get_trouble(self, token: Token) -> str:
        return _(token.trouble_sentence) % token.trouble_details if token.trouble_sentence else ""

    def get_advice(self, token: Token) -> str:
        return _(token.trouble_advice) % token.trouble_details if token.trouble_advice else ""

    @extend_schema_field(StatusCountsSerializer)
    def get_by_status(self, token: Token) -> dict[str, int]:
        counts = status_counts(token)
        return {str(status): counts[status] for status in AppleProfileStatus.values}

    def get_released_count(self, token: Token) -> int:
        return token.devices.exclude(released_at=None).count()

    @extend_schema_field(SyncStateSerializer)
    def get_sync(self, token: Token) -> Any:
        return SyncStateSerializer(sync_state(token)).data


class TokenEditSerializer(Said):
    """What of a token can be edited; what is not named stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    scope_tags = TagsGiven()


class TokenFileSerializer(Said):
    """The file of the portal."""

    file = serializers.FileField(max_length=250, help_text="The `.p7m` of the portal, at most 64 KB.")


class RenewSerializer(TokenFileSerializer):
    """A newer token of the same server."""

    apple_id = serializers.EmailField(
        max_length=250, required=False, help_text="Of who downloaded it; the present one stays if it is not named."
    )
    scope_tags = TagsGiven()
    confirm_other_server = serializers.BooleanField(
        default=False,
        help_text="Replace the connected server by another one: its devices take the place of the present ones.",
    )


class NamedSerializer(Said):
    """The confirmation of what cannot be undone."""

    name = serializers.CharField(
        max_length=LONGEST_NAME, help_text="The token's name, typed to confirm that it is meant."
    )


class KeyPairSerializer(serializers.Serializer):
    """A key pair by its certificate; the private key never leaves."""

    fingerprint = serializers.CharField(help_text="SHA-256 of the certificate.")
    created_at = serializers.DateTimeField()


class ConditionSerializer(serializers.Serializer):
    """Something that has to hold before a token is deleted."""

    condition = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    holds = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many are in its way.")

    @extend_schema_field(
        {"type": "string", "enum": ["no_device", "no_device_of_default", "no_profile"]},
    )
    def get_condition(self, held: Held) -> str:
        return held.condition.name.lower()

    def get_sentence(self, held: Held) -> str:
        return _(held.condition)


class DeletionSerializer(serializers.Serializer):
    """What the deletion of a token asks for."""

    conditions = ConditionSerializer(many=True)
    released_count = serializers.IntegerField(help_text="Released devices, which do not count and go with it.")


class HowManySerializer(serializers.Serializer):
    """How many it was about."""

    count = serializers.IntegerField()


class DefaultProfileSerializer(serializers.Serializer):
    """What devices that appear get, and how many that were there before have nothing."""

    profile = serializers.IntegerField(source="default_profile_id", allow_null=True)
    since = serializers.DateTimeField(source="default_profile_since", allow_null=True)
    waiting = serializers.SerializerMethodField(
        help_text="Devices without a profile that were there before it was set: `give/` gives it to them, too."
    )

    def get_waiting(self, token: Token) -> int:
        return waiting_for_a_default(token).count() if token.default_profile_id else 0


class SetDefaultSerializer(Said):
    """The profile that devices get when they appear."""

    profile = OneOf(Profile, allow_null=True, help_text="One of this token's; null: none.")
