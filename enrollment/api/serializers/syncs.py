from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.devices.sync_state import SyncState
from enrollment.api.serializers.said import Said
from enrollment.models import ChangeKind, SyncChange, SyncPhase, SyncRun


class SyncRunSerializer(serializers.ModelSerializer):
    """A sync, begun or over."""

    because = serializers.SerializerMethodField(help_text="Why it is full although the changes alone were due.")
    trouble = serializers.SerializerMethodField(help_text="What stopped or delays it.")
    advice = serializers.SerializerMethodField(help_text="What can be done about that.")

    class Meta:
        model = SyncRun
        fields = [
            "id",
            "token",
            "kind",
            "because",
            "trigger",
            "status",
            "asked_at",
            "started_at",
            "finished_at",
            "wait_until",
            "continues",
            "pages",
            "requests",
            "received",
            "expected",
            "added",
            "updated",
            "released",
            "unchanged",
            "trouble",
            "advice",
        ]

    def get_because(self, run: SyncRun) -> str:
        return _(run.because) if run.because else ""

    def get_trouble(self, run: SyncRun) -> str:
        return _(run.trouble_sentence) % run.trouble_details if run.trouble_sentence else ""

    def get_advice(self, run: SyncRun) -> str:
        return _(run.trouble_advice) % run.trouble_details if run.trouble_advice else ""


class PhasesSerializer(serializers.Serializer):
    """Seconds, by what they were spent on."""

    asking = serializers.FloatField(help_text="Asking Apple.")
    storing = serializers.FloatField(help_text="Storing.")
    pausing = serializers.FloatField(help_text="Letting others write.")
    closing = serializers.FloatField(help_text="Finding who is gone.")


class WholeSyncRunSerializer(SyncRunSerializer):
    """A sync with where its time went, and the run that went on with it."""

    phases = serializers.SerializerMethodField()
    continued_by = serializers.SerializerMethodField()

    class Meta(SyncRunSerializer.Meta):
        fields = [*SyncRunSerializer.Meta.fields, "phases", "continued_by"]

    @extend_schema_field(PhasesSerializer)
    def get_phases(self, run: SyncRun) -> dict[str, float]:
        return {phase.value: run.phases.get(phase, 0.0) for phase in SyncPhase}

    def get_continued_by(self, run: SyncRun) -> int | None:
        return run.continued_by.values_list("pk", flat=True).first()


class SyncChangeSerializer(serializers.ModelSerializer):
    """A device that a sync added, updated or released. A run tells the first hundred of each kind."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    differences = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True), min_length=2, max_length=2),
        help_text="Column of the device → before and after.",
    )

    class Meta:
        model = SyncChange
        fields = ["id", "kind", "serial", "differences"]


class SyncAskedSerializer(Said):
    """What kind of sync is asked for."""

    full = serializers.BooleanField(
        default=False, help_text="Everything instead of what changed; at most once in 7 days."
    )


class NextSyncSerializer(serializers.Serializer):
    """Whether a sync may be started by hand now, and if not, why and until when (null: until somebody acts)."""

    may_start = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)


class SyncStateSerializer(serializers.Serializer):
    """How a token's sync stands: the open or last run, what is next, and how far it is."""

    run = SyncRunSerializer(allow_null=True, help_text="The open run, else the last one; null before the first.")
    by_hand = serializers.SerializerMethodField(help_text="Of what changed: at most once in 15 minutes.")
    next_full_at = serializers.DateTimeField(
        source="next_full", allow_null=True, help_text="When a full one may run; null: the next one is full."
    )
    per_second = serializers.IntegerField(allow_null=True, help_text="Devices per second, while it runs.")
    percent = serializers.IntegerField(allow_null=True, help_text="Of a full sync under way.")
    minutes_left = serializers.IntegerField(source="minutes", allow_null=True)

    @extend_schema_field(NextSyncSerializer)
    def get_by_hand(self, state: SyncState) -> Any:
        refusal = state.refusal
        if refusal is None:
            return {"may_start": True, "reason": "", "until": None}
        said = {"may_start": False, "reason": _(refusal.sentence) % refusal.details, "until": refusal.until}
        return NextSyncSerializer(said).data
