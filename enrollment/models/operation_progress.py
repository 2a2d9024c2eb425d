"""How far an operation has come: read from the rows it is about, so that nothing has to keep a count."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q

from enrollment.models.assignment import AssignmentState, Wish
from enrollment.models.device import Device, DeviceQuerySet
from enrollment.models.operation import Operation, OperationDevice, OperationKind, Result, Verdict

SETTLED = (AssignmentState.CONFIRMED, AssignmentState.FAILED, AssignmentState.NOT_ACCESSIBLE)
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
    return Progress(counts, settled=operation.gets - counts.get("", 0), total=operation.gets, failed=failed)
