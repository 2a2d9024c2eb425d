"""Channels as programs read and say them: an address and a secret go in, and never come out."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from enrollment import limits
from enrollment.api.serializers.access import LANGUAGES
from enrollment.api.serializers.said import Said
from enrollment.api.serializers.scope import MOST_TAGS, OneTag, TagsSeen
from enrollment.models import Channel, ChannelKind, Delivery, Dropped, Rhythm, Severity

URL_HELP = "Where messages are sent. A secret: it is kept encrypted, and in no answer."


class ChannelSerializer(serializers.ModelSerializer):
    """Where warnings are sent besides to people."""

    host = serializers.CharField(read_only=True, help_text="Of the address, which is a secret; empty for mailboxes.")
    addresses = serializers.ListField(child=serializers.EmailField(), read_only=True)
    language = serializers.ChoiceField(choices=LANGUAGES, read_only=True)
    scope_tags = TagsSeen(help_text="Without any, all warnings are told there.")
    failing_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Since when messages do not arrive; null when all is well."
    )
    trouble = serializers.SerializerMethodField(help_text="Why, in the language asked for.")

    class Meta:
        model = Channel
        fields = [
            "id",
            "name",
            "kind",
            "is_on",
            "host",
            "addresses",
            "least_severity",
            "rhythm",
            "language",
            "scope_tags",
            "created_at",
            "sent_at",
            "failing_since",
            "trouble",
        ]
        read_only_fields = fields

    def get_trouble(self, channel: Channel) -> str:
        return _(channel.trouble_sentence) % channel.trouble_details if channel.trouble_sentence else ""


def _tags(**more: Any) -> serializers.ListField:
    help_text = "Ids of scope tags: only warnings about tokens that carry one of them."
    return serializers.ListField(child=OneTag(), max_length=MOST_TAGS, help_text=help_text, **more)


def _mailboxes(**more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.EmailField(), max_length=limits.CHANNEL_ADDRESSES, help_text="Of a channel by mail.", **more
    )


class ChannelSaidSerializer(Said):
    """A channel to be made."""

    name = serializers.CharField(max_length=100, help_text="Once per installation.")
    kind = serializers.ChoiceField(choices=ChannelKind.choices, help_text="It stays what it is.")
    url = serializers.CharField(
        max_length=limits.WEBHOOK_URL_LENGTH, default="", allow_blank=True, write_only=True, help_text=URL_HELP
    )
    addresses = _mailboxes(default=list)
    least_severity = serializers.ChoiceField(choices=Severity.choices, default=Severity.WARNING)
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    language = serializers.ChoiceField(choices=LANGUAGES, default=settings.LANGUAGE_CODE)
    scope_tags = _tags(default=list)
    is_on = serializers.BooleanField(default=True)


class ChannelChangedSerializer(Said):
    """What is to be changed of a channel; the rest stays, its address too."""

    name = serializers.CharField(max_length=100, required=False)
    url = serializers.CharField(
        max_length=limits.WEBHOOK_URL_LENGTH, required=False, write_only=True, help_text=URL_HELP
    )
    addresses = _mailboxes(required=False)
    least_severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    scope_tags = _tags(required=False)
    is_on = serializers.BooleanField(required=False)


class SecretSerializer(serializers.Serializer):
    """What signs a webhook's messages: told this once."""

    secret = serializers.CharField()


class ChannelMadeSerializer(ChannelSerializer):
    """A new channel; with what signs its messages when it is a webhook, told this once."""

    secret = serializers.CharField(read_only=True, help_text="Empty for other kinds.")

    class Meta(ChannelSerializer.Meta):
        fields = ["secret", *ChannelSerializer.Meta.fields]
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer):
    """One step of a warning, told there or to be told."""

    warning = serializers.CharField(source="alert.key", read_only=True, help_text="Its key.")
    condition = serializers.CharField(source="alert.condition", read_only=True)
    reached = serializers.ListField(
        child=serializers.EmailField(),
        read_only=True,
        help_text="Of several mailboxes those that have it, as long as others have not.",
    )
    dropped_because = serializers.ChoiceField(choices=Dropped.choices, allow_blank=True, read_only=True)
    trouble = serializers.SerializerMethodField(help_text="What the last try failed with, in the language asked for.")

    class Meta:
        model = Delivery
        fields = [
            "id",
            "warning",
            "condition",
            "step",
            "message",
            "created_at",
            "due_at",
            "tries",
            "reached",
            "sent_at",
            "dropped_at",
            "dropped_because",
            "trouble",
        ]
        read_only_fields = fields

    def get_trouble(self, delivery: Delivery) -> str:
        return _(delivery.trouble_sentence) % delivery.trouble_details if delivery.trouble_sentence else ""
