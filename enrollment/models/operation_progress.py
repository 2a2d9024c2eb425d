"""How far an operation has come: read from the rows it is about, so that nothing has to keep a count."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.models.assignment import AssignmentState, Wish
from enrollment.models.device import Device, DeviceQuerySet
from enrollment.models.operation import Operation, OperationDevice, OperationKind, Result, Verdict

SETTLED = (AssignmentState.CONFIRMED, AssignmentState.FAILED, AssignmentState.NOT_ACCESSIBLE)
PENDING, OTHER = "pending", "other"
WORDS: dict[str, str | Promise] = {
    **dict(AssignmentState.choices),
    **dict(Result.choices),
    PENDING: _("Not done yet"),
    OTHER: _("Decided otherwise since"),
}
WISHES = (OperationKind.ASSIGN, OperationKind.UNASSIGN)


@dataclass(frozen=True)
class Progress:
    """Outcome (AssignmentState, or Result where Apple was asked) → how many; `other` were decided anew since."""

    counts: dict[str, int] = field(default_factory=dict)
    other: int = 0
    settled: int = 0
    total: int = 0
    failed: int = 0

    @property
    def is_moving(self) -> bool:
        return self.settled < self.total

    @property
    def look_again(self) -> int:
        """After so many seconds: counting many takes longer, and they take their time."""
        return 4 if self.total <= 10_000 else 15


def still_wanted(operation: Operation) -> DeviceQuerySet:
    """Its devices of which nothing else has been decided since."""
    rows = OperationDevice.objects.filter(operation=operation, verdict=Verdict.GETS, device=OuterRef("pk"))
    devices = Device.objects.filter(
        pk__in=OperationDevice.objects.filter(operation=operation, verdict=Verdict.GETS).values("device")
    )
    if operation.kind == OperationKind.UNASSIGN:
        return devices.filter(wish=Wish.NO_PROFILE)
    return devices.filter(Exists(rows.filter(profile=OuterRef("profile"))), wish=Wish.PROFILE)


def progress(operation: Operation) -> Progress:
    """Counted anew."""
    if operation.kind in WISHES:
        counts = still_wanted(operation).with_state().counts_by("state_now")
        other = max(0, operation.gets - sum(counts.values()))
        settled = other + sum(counts.get(state, 0) for state in SETTLED)
        failed = counts.get(AssignmentState.FAILED, 0) + counts.get(AssignmentState.NOT_ACCESSIBLE, 0)
        return Progress(counts, other, settled, operation.gets, failed)
    if operation.kind == OperationKind.DELETE:
        return Progress({Result.SUCCESS.value: operation.gets}, settled=operation.gets, total=operation.gets)
    rows = operation.devices.filter(verdict=Verdict.GETS).order_by()
    counts = dict(rows.values_list("result").annotate(count=Count("*")))
    failed = rows.filter(Q(result=Result.FAILED) | Q(result=Result.NOT_ACCESSIBLE)).count()
    if pending := counts.pop("", 0):
        counts[PENDING] = pending
    return Progress(counts, settled=operation.gets - pending, total=operation.gets, failed=failed)


def outcome_of(operation: Operation, row: OperationDevice, device: Device | None) -> str:
    """AssignmentState, Result or OTHER; "" when nothing was to come of it. `device` has `state_now`."""
    if row.verdict != Verdict.GETS or operation.is_previewed:
        return ""
    if operation.kind == OperationKind.DELETE:
        return Result.SUCCESS
    if operation.kind not in WISHES:
        return row.result or PENDING
    wanted = Wish.PROFILE if row.profile_id else Wish.NO_PROFILE
    if device is None or device.wish != wanted or device.profile_id != row.profile_id:
        return OTHER
    return device.state_now


def outcomes_in_words(operation: Operation, rows: list[OperationDevice]) -> dict[int, str]:
    """By the row's key; for many rows at once, so only what an outcome follows from is read."""
    found = Device.objects.filter(pk__in=[row.device_id for row in rows]).with_state().only("wish", "profile_id")
    devices = {device.pk: device for device in found}
    return {row.pk: str(WORDS.get(outcome_of(operation, row, devices.get(row.device_id)), "")) for row in rows}


def devices_of(rows: list[OperationDevice]) -> dict[int, Device]:
    """By key, with their state and what the page says of it; those that are still there."""
    found = (
        Device.objects.filter(pk__in=[row.device_id for row in rows]).with_state().select_related("profile__current")
    )
    return {device.pk: device for device in found.defer("profile__current__settings", "profile__current__payload")}


def with_outcome(operation: Operation, outcome: str) -> QuerySet[OperationDevice]:
    """The rows of which this has come; a Verdict is understood, too."""
    if outcome in Verdict.values and outcome != Verdict.GETS:
        return operation.devices.filter(verdict=outcome)
    rows = operation.devices.filter(verdict=Verdict.GETS)
    if operation.is_previewed or outcome in ("", Verdict.GETS):
        return rows
    if operation.kind not in WISHES:
        return rows.filter(result="" if outcome == PENDING else outcome)
    if outcome == OTHER:
        return rows.exclude(device__in=still_wanted(operation).values("pk"))
    if outcome not in AssignmentState.values:
        return rows.none()
    return rows.filter(device__in=still_wanted(operation).in_state(AssignmentState(outcome)).values("pk"))
