from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enrollment import limits
from enrollment.models import (
    AuditEntry,
    DeviceEvent,
    Operation,
    OperationDevice,
    OperationStatus,
    SerialList,
    SerialRow,
)

AT_ONCE = 5_000
ABANDONED_AFTER = timedelta(days=1)


def purge_history() -> int:
    """Delete what is too old to be asked for: events, operations, lists, previews nobody confirmed; how many rows."""
    now = timezone.now()
    gone: Counter[str] = Counter(events=_delete(DeviceEvent, at__lt=now - timedelta(days=limits.EVENTS_KEPT_DAYS)))
    done = Operation.objects.filter(made_at__lt=now - timedelta(days=limits.OPERATIONS_KEPT_DAYS))
    abandoned = Operation.objects.filter(
        status=OperationStatus.PREVIEWED, is_stopped=False, made_at__lt=now - ABANDONED_AFTER
    )
    lists = SerialList.objects.filter(made_at__lt=now - timedelta(days=limits.SERIAL_LISTS_KEPT_DAYS))
    for serials in lists:
        gone["rows"] += _delete(SerialRow, list=serials)
        serials.delete()
        gone["serial_lists"] += 1
    for operation in [*done.exclude(status__in=(OperationStatus.WAITING, OperationStatus.RUNNING)), *abandoned]:
        gone["rows"] += _delete(OperationDevice, operation=operation)
        operation.delete()
        gone["operations"] += 1
    if any(gone.values()):
        AuditEntry.record("history.purged", Operation, by=None, **dict[str, Any](gone))
    return sum(gone.values())


def _delete(model: type[Model], **old: object) -> int:
    """In portions, so that nobody waits for long."""
    deleted = 0
    while keys := list(model._default_manager.filter(**old).order_by().values_list("pk", flat=True)[:AT_ONCE]):
        deleted += model._default_manager.filter(pk__in=keys).delete()[0]
    return deleted
