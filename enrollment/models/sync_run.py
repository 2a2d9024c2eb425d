import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class SyncKind(models.TextChoices):
    FULL = "full", _("Full")
    DELTA = "delta", _("Changes")


class SyncTrigger(models.TextChoices):
    FIRST = "first", _("First sync")
    CLOCK = "clock", _("Automatic")
    MANUAL = "manual", _("Manual")
    CONTINUED = "continued", _("Continued")


class SyncStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    TIMED_OUT = "timed_out", _("Timed out")
    FAILED = "failed", _("Failed")


class SyncPhase(models.TextChoices):
    """What a run spends its time on."""

    ASKING = "asking", _("Asking Apple")
    STORING = "storing", _("Storing")
    PAUSING = "pausing", _("Letting others write")
    CLOSING = "closing", _("Finding who is gone")


OPEN = (SyncStatus.QUEUED, SyncStatus.WAITING, SyncStatus.RUNNING)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def visible_to(self, person: "Person") -> "SyncRunQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))

    def open(self) -> "SyncRunQuerySet":
        return self.filter(status__in=OPEN)

    def to_take_up(self, now: datetime) -> "SyncRunQuerySet":
        """What a worker may claim: queued, waited long enough, or left behind by a worker whose lease ran out."""
        return self.filter(
            Q(status=SyncStatus.QUEUED)
            | Q(status=SyncStatus.WAITING, wait_until__lte=now)
            | Q(status=SyncStatus.RUNNING, lease_until__lt=now)
        )


class SyncRun(models.Model):
    """One sync of one token: the wish, the lock, the progress, the retry and the history."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="sync_runs")
    kind = models.CharField(max_length=6, choices=SyncKind.choices)
    because = models.TextField(blank=True, help_text="Why this run is full although a delta was due, as a msgid.")
    trigger = models.CharField(max_length=10, choices=SyncTrigger.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    continues = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="continued_by")

    status = models.CharField(max_length=10, choices=SyncStatus.choices, default=SyncStatus.QUEUED)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True)
    waits = models.PositiveIntegerField(default=0, help_text="How often it had to wait since Apple last answered.")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)

    cursor = models.CharField(max_length=1000, blank=True, help_text="Of the last page stored by this run.")
    pages = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True, blank=True, help_text="How many devices the last full sync saw.")

    requests = models.PositiveIntegerField(default=0, help_text="How often Apple was asked.")
    phases = models.JSONField(default=dict, blank=True, help_text="SyncPhase → seconds.")

    # What stopped or delays it; msgids, as in Token.
    trouble_sentence = models.TextField(blank=True)
    trouble_advice = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "wait_until"], name="runs_to_take_up"),
            models.Index(
                fields=["token", "finished_at"], condition=Q(finished_at__isnull=False), name="finished_runs_of_tokens"
            ),
            # By day, for all tokens together (tests/bench/dashboard.py).
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="finished_runs_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["token"], condition=Q(status__in=OPEN), name="one_open_sync_per_token"),
            models.CheckConstraint(
                name="a_waiting_run_knows_until_when",
                condition=~Q(status=SyncStatus.WAITING) | Q(wait_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token.name} · {self.get_kind_display()} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def deadline(self) -> datetime | None:
        """When it has had its 15 minutes (LIM-13)."""
        return self.started_at + limits.SYNC_RUN_TIME if self.started_at else None

    def claim(self) -> bool:
        """Make the run ours for the time of a lease. False when it is finished, not due, or somebody else's."""
        now = timezone.now()
        mine = SyncRun.objects.to_take_up(now).filter(pk=self.pk, attempt=self.attempt)
        changed = mine.update(
            status=SyncStatus.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=now + limits.SYNC_LEASE,
            started_at=Coalesce("started_at", now),
            wait_until=None,
        )
        if changed:
            self.refresh_from_db()
        return bool(changed)

    @contextmanager
    def timed(self, phase: SyncPhase) -> Iterator[None]:
        """Count the seconds of what is inside to a phase; they are stored with the next progress."""
        started = time.monotonic()
        try:
            yield
        finally:
            spent = self.phases.get(phase.value, 0.0) + time.monotonic() - started
            self.phases = {**self.phases, phase.value: round(spent, 3)}

    def renew(self, **progress: Any) -> bool:
        """Write progress and extend the lease; False when another worker has taken the run over: then write nothing."""
        mine = SyncRun.objects.filter(pk=self.pk, attempt=self.attempt, status=SyncStatus.RUNNING)
        measured = {"requests": self.requests, "phases": self.phases}
        changed = mine.update(lease_until=timezone.now() + limits.SYNC_LEASE, **measured, **progress)
        if changed:
            for name, value in progress.items():
                setattr(self, name, value)
        return bool(changed)


class SeenSerials(models.Model):
    """The serial numbers of one page of a full sync, kept until it is complete: who is in none of them was released."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="seen_serials")
    page = models.PositiveIntegerField()
    serials = models.JSONField()

    def __str__(self) -> str:
        return f"{self.token_id} · {self.page}"
