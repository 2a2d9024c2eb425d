from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enrollment.models import (
    Answer,
    AssignmentState,
    AuditEntry,
    Device,
    Operation,
    OperationStatus,
    Person,
    Result,
    Verdict,
)
from enrollment.models.operation import ASKS_APPLE
from enrollment.models.operation_progress import still_wanted

TRIED_AGAIN = (Result.FAILED, Result.NOT_ACCESSIBLE)


def retry_failed(operation: Operation, *, by: Person | None) -> int:
    """Try again only what failed; how many devices. Who is throttled is left alone: asking would keep it so."""
    with transaction.atomic():
        count = _ask_apple_again(operation) if operation.kind in ASKS_APPLE else _wish_again(operation)
        if count:
            AuditEntry.record("operation.retried", operation, by=by, devices=count)
    return count


def _ask_apple_again(operation: Operation) -> int:
    if operation.status != OperationStatus.DONE:
        return 0
    failed = operation.devices.filter(verdict=Verdict.GETS, result__in=TRIED_AGAIN)
    count = failed.update(result=Result.PENDING, result_at=None)
    if count:
        Operation.objects.filter(pk=operation.pk, status=OperationStatus.DONE).update(
            status=OperationStatus.WAITING, wait_until=None, finished_at=None, trouble_sentence="", trouble_advice=""
        )
    return count


def _wish_again(operation: Operation) -> int:
    """The reconciler takes them up with its next round: their time to wait is over."""
    now = timezone.now()
    states = (AssignmentState.FAILED, AssignmentState.NOT_ACCESSIBLE)
    waits = still_wanted(operation).filter(next_try_at__gt=now)
    failed = waits.with_state(now).filter(Q(state_now__in=states))
    return Device.objects.filter(pk__in=failed.order_by().values("pk")).update(next_try_at=None, answer=Answer.NONE)
