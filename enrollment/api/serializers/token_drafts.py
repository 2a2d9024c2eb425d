from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.tokens.connect_token import Missing, what_is_missing
from enrollment.api.serializers.said import Said
from enrollment.api.serializers.scope import TagsGiven, TagsSeen
from enrollment.api.serializers.tokens import LONGEST_NAME, KeyPairSerializer
from enrollment.models import TokenDraft

MISSING = [(what.name.lower(), str(what)) for what in Missing]


class TokenDraftSerializer(serializers.ModelSerializer):
    """A token on its way in."""

    owner = serializers.CharField(source="owner.username", default="", read_only=True)
    has_consent = serializers.SerializerMethodField()
    key_end = serializers.CharField(
        source="consumer_key_end", read_only=True, help_text="The last characters of what Apple knows the server by."
    )
    scope_tags = TagsSeen()

    class Meta:
        model = TokenDraft
        fields = [
            "id",
            "owner",
            "name",
            "apple_id",
            "scope_tags",
            "has_consent",
            "consented_at",
            "file_name",
            "key_end",
            "expires_at",
            "created_at",
            "updated_at",
        ]

    def get_has_consent(self, draft: TokenDraft) -> bool:
        return draft.consented_at is not None


class MissingSerializer(serializers.Serializer):
    """Something that keeps a draft from becoming a token."""

    what = serializers.ChoiceField(choices=MISSING)
    sentence = serializers.CharField()


class WholeTokenDraftSerializer(TokenDraftSerializer):
    """A token on its way in, with its key pair and what is missing yet."""

    key_pair = KeyPairSerializer(allow_null=True, help_text="The newest.")
    missing = serializers.SerializerMethodField()

    class Meta(TokenDraftSerializer.Meta):
        fields = [*TokenDraftSerializer.Meta.fields, "apple_url", "key_pair", "missing"]

    @extend_schema_field(MissingSerializer(many=True))
    def get_missing(self, draft: TokenDraft) -> Any:
        return [{"what": what.name.lower(), "sentence": _(what)} for what in what_is_missing(draft)]


class TokenDraftEditSerializer(Said):
    """What a draft is told; what is not named stays."""

    consents = serializers.BooleanField(
        required=False,
        help_text="To send user and device information to Apple. Nothing can be done before it.",
    )
    name = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True)
    apple_id = serializers.EmailField(
        max_length=250,
        required=False,
        allow_blank=True,
        help_text="Of who downloads the token in the portal; kept for the renewal.",
    )
    scope_tags = TagsGiven()
