from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.device_filter import FILTER_SCHEMA, filter_said
from enrollment.api.serializers.said import OneOf, Said
from enrollment.models import Operation, OperationDevice, OperationKind, Profile, Verdict
from enrollment.models.operation_progress import OTHER, WORDS, outcome_of, progress
from enrollment.models.typed_words import words_to_type

MOST_CHOSEN = 10_000
LARGEST_KEY = 2**63 - 1
CHOSEN_BY = ("ids", "serials", "filter")
OUTCOMES = sorted({*WORDS, *Verdict.values} - {""})


@extend_schema_field(FILTER_SCHEMA)
class FilterField(serializers.Field):
    """The list's filters, as an object."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        return filter_said(data)


class StartSerializer(Said):
    """Which devices, and what is to be done to them."""

    kind = serializers.ChoiceField(choices=OperationKind.choices)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        min_length=1,
        max_length=MOST_CHOSEN,
        required=False,
        help_text="Devices by their ids.",
    )
    serials = serializers.ListField(
        child=serializers.CharField(max_length=64),
        min_length=1,
        max_length=MOST_CHOSEN,
        required=False,
        help_text="Devices by their serial numbers; those that nobody knows are told in the answer.",
    )
    filter = FilterField(required=False, help_text="All devices that match; {} are all you see.")
    profile = OneOf(Profile, required=False, help_text="The one to assign; for no other kind.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if sum(name in said for name in CHOSEN_BY) != 1:
            raise serializers.ValidationError(_("Say which devices: by ids, by serials, or by filter."))
        if said["kind"] == OperationKind.ASSIGN and "profile" not in said:
            raise serializers.ValidationError({"profile": [_("Choose a profile.")]})
        if said["kind"] != OperationKind.ASSIGN and "profile" in said:
            raise serializers.ValidationError({"profile": [_("Only an assignment has a profile.")]})
        return said


class ConfirmSerializer(Said):
    """What is said to confirm."""

    typed = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="What `to_type` says, where it says it."
    )
    lost_message = serializers.CharField(
        max_length=250, required=False, default="", allow_blank=True, help_text="What a locked device shows."
    )


class ReasonSerializer(serializers.Serializer):
    """Why it is not done to some devices."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField(help_text="In words.")
    count = serializers.IntegerField()


def reasons(counts: dict[Verdict, int]) -> list[dict[str, Any]]:
    return [{"verdict": verdict, "reason": str(verdict.label), "count": count} for verdict, count in counts.items()]


class OperationSerializer(serializers.ModelSerializer):
    """Something to be done to many devices: what was previewed, and whether that was confirmed."""

    by = serializers.SerializerMethodField(help_text="Whose preview it is; null is the clock.")
    confirmed_by = serializers.SerializerMethodField(help_text="Null is the clock, or nobody yet.")
    chosen = serializers.IntegerField(help_text="How many devices it is about.")
    gets = serializers.IntegerField(help_text="To how many it is done.")
    has = serializers.IntegerField(help_text="How many are so already.")
    cannot = serializers.SerializerMethodField(help_text="Why not, and how many.")
    trouble = serializers.SerializerMethodField(help_text="What keeps it from being done, if anything.")
    advice = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="made_at", read_only=True)

    class Meta:
        model = Operation
        fields = [
            "id",
            "kind",
            "status",
            "because",
            "token",
            "by",
            "created_at",
            "confirmed_by",
            "confirmed_at",
            "finished_at",
            "wait_until",
            "is_stopped",
            "lost_message",
            "chosen",
            "gets",
            "has",
            "cannot",
            "trouble",
            "advice",
        ]
        read_only_fields = fields

    def get_by(self, operation: Operation) -> str | None:
        return str(operation.by) if operation.by else None

    def get_confirmed_by(self, operation: Operation) -> str | None:
        return str(operation.confirmed_by) if operation.confirmed_by else None

    @extend_schema_field(ReasonSerializer(many=True))
    def get_cannot(self, operation: Operation) -> list[dict[str, Any]]:
        return reasons(operation.cannot)

    def get_trouble(self, operation: Operation) -> str:
        return _(operation.trouble_sentence) % operation.trouble_details if operation.trouble_sentence else ""

    def get_advice(self, operation: Operation) -> str:
        return _(operation.trouble_advice) % operation.trouble_details if operation.trouble_advice else ""


class OutcomeSerializer(serializers.Serializer):
    """What has come of it for some devices."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    words = serializers.CharField()
    count = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer):
    """How far it has come."""

    total = serializers.IntegerField()
    settled = serializers.IntegerField(help_text="Nothing more comes of these by itself.")
    failed = serializers.IntegerField(help_text="These can be tried again.")
    is_moving = serializers.BooleanField()
    look_again = serializers.IntegerField(help_text="Ask again after so many seconds.")
    outcomes = OutcomeSerializer(many=True)


class OperationDetailSerializer(OperationSerializer):
    """The same, with what has to be typed to confirm it, or how far it has come."""

    to_type = serializers.SerializerMethodField(help_text="Say it as `typed` to confirm; empty where nothing is.")
    progress = serializers.SerializerMethodField(help_text="Null while it waits for confirmation.")

    class Meta(OperationSerializer.Meta):
        fields = [*OperationSerializer.Meta.fields, "to_type", "progress"]
        read_only_fields = fields

    def get_to_type(self, operation: Operation) -> str:
        return words_to_type(operation) if operation.is_previewed else ""

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, operation: Operation) -> dict[str, Any] | None:
        if operation.is_previewed:
            return None
        far = progress(operation)
        counts = {**far.counts, OTHER: far.other}
        told = ("total", "settled", "failed", "is_moving", "look_again")
        outcomes = [
            {"outcome": outcome, "words": str(words), "count": counts[outcome]}
            for outcome, words in WORDS.items()
            if counts.get(outcome)
        ]
        return {name: getattr(far, name) for name in told} | {"outcomes": outcomes}


class StartedSerializer(OperationDetailSerializer):
    """A preview that was just made."""

    unknown = serializers.SerializerMethodField(help_text="The serial numbers of no device you see.")

    class Meta(OperationDetailSerializer.Meta):
        fields = [*OperationDetailSerializer.Meta.fields, "unknown"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_unknown(self, operation: Operation) -> list[str]:
        return self.context.get("unknown", [])


class RowsAskedSerializer(serializers.Serializer):
    """Which of an operation's devices."""

    outcome = serializers.ChoiceField(
        choices=OUTCOMES, required=False, help_text="A verdict of the preview, or what has come of it."
    )


class OperationDeviceSerializer(serializers.ModelSerializer):
    """What was previewed for a device, and what came of it."""

    device = serializers.IntegerField(source="device_id", help_text="Its id; it may have been deleted since.")
    profile = serializers.IntegerField(source="profile_id", allow_null=True, help_text="Likewise.")
    rule = serializers.IntegerField(source="rule_id", allow_null=True, help_text="Likewise.")
    reason = serializers.SerializerMethodField(help_text="The verdict in words.")
    outcome = serializers.SerializerMethodField(help_text="Empty when nothing was to come of it, or not yet.")
    outcome_in_words = serializers.SerializerMethodField()

    class Meta:
        model = OperationDevice
        fields = [
            "device",
            "serial",
            "verdict",
            "reason",
            "profile",
            "rule",
            "outcome",
            "outcome_in_words",
            "result_at",
        ]
        read_only_fields = fields

    def get_reason(self, row: OperationDevice) -> str:
        return self.context["operation"].in_words(row.verdict)

    @extend_schema_field(serializers.ChoiceField(choices=OUTCOMES, allow_blank=True))
    def get_outcome(self, row: OperationDevice) -> str:
        return outcome_of(self.context["operation"], row, self.context["devices"].get(row.device_id))

    def get_outcome_in_words(self, row: OperationDevice) -> str:
        return str(WORDS.get(self.get_outcome(row), ""))
