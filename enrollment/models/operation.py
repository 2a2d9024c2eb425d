from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.assignment import WishedBy
from enrollment.models.assignment_rule import RulesAbout
from enrollment.models.device import Device
from enrollment.models.profile import Profile
from enrollment.models.role import Permission
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class OperationKind(models.TextChoices):
    """What is done to many devices at once."""

    ASSIGN = "assign", _("Assign profile")
    UNASSIGN = "unassign", _("Remove profile")
    DELETE = "delete", _("Delete devices here")
    DISOWN = "disown", _("Release from the organisation")
    LOCK = "lock", _("Turn on Activation Lock")


NEEDED = {
    OperationKind.ASSIGN: Permission.ASSIGN_PROFILE,
    OperationKind.UNASSIGN: Permission.ASSIGN_PROFILE,
    OperationKind.DELETE: Permission.DELETE_DEVICE,
    OperationKind.DISOWN: Permission.RELEASE_DEVICE,
    OperationKind.LOCK: Permission.LOCK_DEVICE,
}

# Apple is asked about each device; the others are done by what is written here.
ASKS_APPLE = (OperationKind.DISOWN, OperationKind.LOCK)

# What happens to those that "get it".
GETS_IN_WORDS: dict[str, str | Promise] = {
    OperationKind.ASSIGN: _("gets it"),
    OperationKind.UNASSIGN: _("loses its profile"),
    OperationKind.DELETE: _("is deleted here"),
    OperationKind.DISOWN: _("leaves the organisation for good"),
    OperationKind.LOCK: _("is locked"),
}


class OperationStatus(models.TextChoices):
    PREVIEWED = "previewed", _("Waits for confirmation")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class Verdict(models.TextChoices):
    """What an operation would do to a device: something, nothing, or why it cannot."""

    GETS = "gets", _("gets it")
    HAS = "has", _("has it already")
    OTHER_TOKEN = "other_token", _("belongs to another token")
    RELEASED = "released", _("has been released from the organisation")
    OTHER_PLATFORM = "other_platform", _("is of a family this profile is not made for")
    NOT_SHARED = "not_shared", _("is no iPad, and the profile sets up a Shared iPad")
    FOREIGN = "foreign", _("has a profile made by another tool")
    BY_PERSON = "by_person", _("a person has decided about it")
    SHADOW = "shadow", _("the rule is in shadow mode")
    GONE = "gone", _("has been deleted here meanwhile")


CANNOT = tuple(verdict for verdict in Verdict if verdict not in (Verdict.GETS, Verdict.HAS))


class Result(models.TextChoices):
    """What came of it for one device, where no row of the device tells that itself."""

    PENDING = "", _("Not done yet")
    SUCCESS = "success", _("Done")
    FAILED = "failed", _("Failed")
    NOT_ACCESSIBLE = "not_accessible", _("Not accessible")
    ALREADY = "already", _("Was so already")
    NOT_SUPPORTED = "not_supported", _("Not supported by the device")
    ORG_NOT_SUPPORTED = "org_not_supp", _("Not offered to the organisation")


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, person: "Person") -> "OperationQuerySet":
        """Those about one token they may see, and their own about several."""
        if person.sees_everything:
            return self
        return self.filter(person.made_by_them("by") & Q(token=None) | Q(token__in=Token.objects.visible_to(person)))

    def wholly_visible_to(self, person: "Person") -> "OperationQuerySet":
        """To be looked into and changed: none of its devices is out of their sight, for a scope may become less."""
        visible = self.visible_to(person)
        if person.sees_everything:
            return visible
        beyond = Device.objects.exclude(token__in=Token.objects.visible_to(person))
        rows = OperationDevice.objects.filter(operation=OuterRef("pk"), device__in=beyond)
        return visible.filter(Q(token__isnull=False) | ~Exists(rows))

    def to_take_up(self) -> "OperationQuerySet":
        """Confirmed and not carried through: queued, or left behind by a worker whose lease ran out."""
        left = Q(status=OperationStatus.RUNNING, lease_until__lt=timezone.now())
        queued = Q(status=OperationStatus.WAITING) & (Q(wait_until=None) | Q(wait_until__lte=timezone.now()))
        return self.filter(queued | left)


class Operation(models.Model):
    """Something to be done to many devices: what was previewed, who confirmed it, how far it has come (DEV-2)."""

    kind = models.CharField(max_length=10, choices=OperationKind.choices)
    status = models.CharField(max_length=10, choices=OperationStatus.choices, default=OperationStatus.PREVIEWED)
    because = models.CharField(max_length=8, choices=WishedBy.choices, default=WishedBy.PERSON)
    # The one token all of it is about; None when there are several.
    token = models.ForeignKey(Token, models.CASCADE, null=True, blank=True, related_name="operations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.ForeignKey("ApiKey", models.SET_NULL, null=True, blank=True, related_name="+")
    chosen_by = models.CharField(max_length=500, blank=True, help_text="The address of the list it was chosen in.")
    # What the rules decided by themselves, and would move more devices than the brake allows.
    is_stopped = models.BooleanField(default=False)
    rules_about = models.CharField(max_length=8, choices=RulesAbout.choices, blank=True)
    # Once it is done, devices that appeared by then have been decided about.
    rules_until = models.DateTimeField(null=True, blank=True)
    lost_message = models.CharField(max_length=250, blank=True)

    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="Verdict → how many devices, as previewed.")

    wait_until = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    trouble_sentence = models.TextField(blank=True)
    trouble_advice = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["status", "wait_until"], name="operations_to_take_up")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.made_at:%Y-%m-%d %H:%M}"

    def claim(self) -> bool:
        """Make it ours for the time of a lease; False when it is done or somebody else's."""
        changed = (
            Operation.objects.to_take_up()
            .filter(pk=self.pk, attempt=self.attempt)
            .update(
                status=OperationStatus.RUNNING,
                attempt=F("attempt") + 1,
                lease_until=timezone.now() + limits.SYNC_LEASE,
                wait_until=None,
            )
        )
        if changed:
            self.refresh_from_db()
        return bool(changed)

    def renew(self, **progress: object) -> bool:
        """Extend the lease and write progress; False when another worker has taken over: then write nothing."""
        mine = Operation.objects.filter(pk=self.pk, attempt=self.attempt, status=OperationStatus.RUNNING)
        return bool(mine.update(lease_until=timezone.now() + limits.SYNC_LEASE, **progress))

    @property
    def needed(self) -> Permission:
        """Who confirms it must have this permission."""
        return NEEDED[OperationKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.status in (OperationStatus.WAITING, OperationStatus.RUNNING)

    @property
    def is_previewed(self) -> bool:
        return self.status == OperationStatus.PREVIEWED

    def in_words(self, verdict: str) -> str:
        """What would happen to a device, or why not."""
        return str(GETS_IN_WORDS[self.kind] if verdict == Verdict.GETS else Verdict(verdict).label)

    @property
    def gets(self) -> int:
        return self.counts.get(Verdict.GETS, 0)

    @property
    def has(self) -> int:
        return self.counts.get(Verdict.HAS, 0)

    @property
    def cannot(self) -> dict[Verdict, int]:
        """Why not, and how many."""
        return {verdict: self.counts[verdict] for verdict in CANNOT if self.counts.get(verdict)}

    @property
    def chosen(self) -> int:
        return sum(self.counts.values())

    @property
    def deleted_on(self) -> datetime:
        return self.made_at + timedelta(days=limits.OPERATIONS_KEPT_DAYS)


class OperationDevice(models.Model):
    """One device of an operation: what was previewed for it, and what came of it."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="devices", db_index=False)
    # Plain numbers without a constraint: what happened to a device outlives it.
    device = models.ForeignKey(Device, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    serial = models.CharField(max_length=32)
    profile = models.ForeignKey(
        Profile, models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    revision = models.BigIntegerField(null=True, blank=True, help_text="The profile's current one at the preview.")
    rule = models.ForeignKey(
        "AssignmentRule",
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    verdict = models.CharField(max_length=15, choices=Verdict.choices)
    result = models.CharField(max_length=15, choices=Result.choices, blank=True, db_default="")
    result_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["serial"]
        indexes = [
            models.Index(fields=["operation", "verdict", "serial"], name="devices_of_an_operation"),
            models.Index(fields=["operation", "rule"], condition=Q(rule__isnull=False), name="devices_a_rule_decided"),
        ]
        constraints = [models.UniqueConstraint(fields=["operation", "device"], name="a_device_once_per_operation")]

    def __str__(self) -> str:
        return f"{self.serial} · {self.get_verdict_display()}"
