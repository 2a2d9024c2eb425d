from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.lock_device import lock_device
from enrollment.actions.devices.note_events import note_events
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.client import Client
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import SerialResult
from enrollment.connection import connect
from enrollment.models import (
    Device,
    EventKind,
    Operation,
    OperationDevice,
    OperationKind,
    OperationStatus,
    Result,
    Token,
    Verdict,
)

RESULTS = {SerialResult.SUCCESS: Result.SUCCESS, SerialResult.NOT_ACCESSIBLE: Result.NOT_ACCESSIBLE}
LOCKS_AT_ONCE = 20


class TakenOver(Exception):
    """Another worker has the operation: nothing of this batch was written."""


def run_operation(operation: Operation, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Ask Apple what was confirmed, device by device where it wants that; each serial number's result is written.

    The work list are the rows without a result, so it can be killed anywhere and run again.
    """
    if not operation.claim():
        return
    try:
        for token in _tokens(operation):
            if not _of_token(operation, token, stop):
                return
        operation.renew(status=OperationStatus.DONE, finished_at=timezone.now())
    except TakenOver:
        return


def _tokens(operation: Operation) -> list[Token]:
    devices = Device.objects.filter(pk__in=_open(operation).values("device"))
    return list(Token.objects.filter(pk__in=devices.order_by().values("token")))


def _open(operation: Operation) -> QuerySet[OperationDevice]:
    return OperationDevice.objects.filter(operation=operation, verdict=Verdict.GETS, result=Result.PENDING)


def _of_token(operation: Operation, token: Token, stop: Callable[[], bool]) -> bool:
    """Whether this token's are done; else the operation waits."""
    try:
        with connect(token) as apple:
            for serials in _batches(operation, token):
                _write(operation, token, _ask(apple, operation, token, serials))
                if stop():
                    operation.renew(status=OperationStatus.WAITING)
                    return False
    except AppleError as error:
        return _refused(operation, token, error)
    return True


def _batches(operation: Operation, token: Token) -> Iterator[list[str]]:
    size = limits.SERIALS_PER_CALL if operation.kind == OperationKind.DISOWN else LOCKS_AT_ONCE
    rows = _open(operation).filter(device__token=token).order_by("serial")
    while serials := list(rows.values_list("serial", flat=True)[:size]):
        yield serials


def _ask(apple: Client, operation: Operation, token: Token, serials: list[str]) -> dict[str, Result]:
    if operation.kind == OperationKind.DISOWN:
        said = apple.disown(serials)
        return {serial: RESULTS.get(said.get(serial, SerialResult.UNKNOWN), Result.FAILED) for serial in serials}
    return {serial: lock_device(apple, token, serial, operation) for serial in serials}


def _write(operation: Operation, token: Token, results: dict[str, Result]) -> None:
    now = timezone.now()
    with transaction.atomic():
        if not operation.renew(trouble_sentence="", trouble_advice="", trouble_details={}):
            raise TakenOver
        for result in set(results.values()):
            serials = [serial for serial, said in results.items() if said == result]
            rows = _open(operation).filter(device__token=token, serial__in=serials)
            rows.update(result=result, result_at=now)
            kind = EventKind.DISOWNED if operation.kind == OperationKind.DISOWN else EventKind.LOCKED
            note_events(token, serials, kind, at=now, by=operation.confirmed_by, value=result.value)
            if kind == EventKind.DISOWNED and result == Result.SUCCESS:
                _release(token, serials, now)


def _release(token: Token, serials: list[str], now: datetime) -> None:
    Device.objects.filter(token=token, serial__in=serials, released_at=None).update(released_at=now)


def _refused(operation: Operation, token: Token, error: AppleError) -> bool:
    """Apple says no to all of it: it waits, or what is left has failed and can be tried again by hand."""
    note_refusal(token, error)
    trouble = {
        "trouble_sentence": error.sentence,
        "trouble_advice": error.advice,
        "trouble_details": error.details,
    }
    now = timezone.now()
    if error.try_again:
        pause = max(error.retry_after or 0, limits.SYNC_WAITS[2].total_seconds())
        operation.renew(status=OperationStatus.WAITING, wait_until=now + timedelta(seconds=pause), **trouble)
        return False
    with transaction.atomic():
        if not operation.renew(**trouble):
            raise TakenOver
        _open(operation).filter(device__token=token).update(result=Result.FAILED, result_at=now)
    return True
