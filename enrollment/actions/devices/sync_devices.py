import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.ask_ahead import PagesAhead, StartOver, ask_ahead
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.finish_sync import finish_sync
from enrollment.actions.devices.store_page import TakenOver, store_page
from enrollment.actions.profiles.apply_default_profile import apply_default_profile
from enrollment.actions.rules.apply_rules import apply_rules
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.errors import AppleError, CursorExpired, CursorInvalid
from enrollment.connection import connect
from enrollment.models import (
    Device,
    PageInHand,
    SeenSerials,
    SyncKind,
    SyncPhase,
    SyncRun,
    SyncStatus,
    SyncTrigger,
    Token,
)


def sync_devices(run: SyncRun, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Bring a token's devices up to date. The cursor is stored with its page: kill it anywhere, run it again.

    `stop` is asked between two pages; when it says so the run is set down for the next worker.
    """
    if not run.claim():
        return
    try:
        _work(run, stop)
    except TakenOver:
        return
    except AppleError as error:
        _stop(run, error)
    if run.status != SyncStatus.QUEUED:
        apply_rules(run.token)
        apply_default_profile(run.token)
        confirm_seen(Device.objects.filter(token=run.token))


def _work(run: SyncRun, stop: Callable[[], bool]) -> None:
    with connect(run.token) as apple:
        if run.pages == 0 and run.kind == SyncKind.DELTA and not run.cursor:
            run.renew(cursor=run.token.cursor)
        while True:
            try:
                with ask_ahead(apple, run, ends=lambda: stop() or _is_over_time(run)) as pages:
                    return _store_all(pages, run)
            except StartOver:
                _start_over(run)


def _store_all(pages: PagesAhead, run: SyncRun) -> None:
    """Until there are no more, or this run has to make room."""
    written_at = None
    for page in pages:
        _let_others_write(run, written_at)
        with run.timed(SyncPhase.STORING):
            store_page(page, run)
        written_at = time.monotonic()
    if not pages.has_more:
        finish_sync(run)
    elif _is_over_time(run):
        _continue_in_a_new_run(run)
    else:
        _set_down(run)


def _is_over_time(run: SyncRun) -> bool:
    return run.deadline is not None and timezone.now() >= run.deadline


def _let_others_write(run: SyncRun, written_at: float | None) -> None:
    """Between two pages SQLite's other writers get in. What Apple took to answer is part of that pause."""
    if connection.vendor == "sqlite" and written_at is not None:
        with run.timed(SyncPhase.PAUSING):
            time.sleep(max(0.0, limits.SQLITE_PAUSE_SECONDS - (time.monotonic() - written_at)))


def _set_down(run: SyncRun) -> None:
    """This worker is asked to go: the next one need not wait for the lease to run out."""
    run.renew(status=SyncStatus.QUEUED)


def _start_over(run: SyncRun) -> None:
    with transaction.atomic():
        if not run.renew(cursor="", pages=0, received=0, continues=None):
            raise TakenOver
        SeenSerials.objects.filter(token=run.token).delete()
        PageInHand.objects.filter(run=run).delete()


def _continue_in_a_new_run(run: SyncRun, wait_until: datetime | None = None) -> None:
    """The 15 minutes are over: what is stored stays, and a new run goes on from the cursor (LIM-13)."""
    with transaction.atomic():
        if not run.renew(status=SyncStatus.TIMED_OUT, finished_at=timezone.now()):
            raise TakenOver
        follower = SyncRun.objects.create(
            token=run.token,
            kind=run.kind,
            because=run.because,
            trigger=SyncTrigger.CONTINUED,
            asked_by=run.asked_by,
            continues=run,
            cursor=run.cursor,
            expected=run.expected,
            waits=run.waits,
            status=SyncStatus.WAITING if wait_until else SyncStatus.QUEUED,
            wait_until=wait_until,
        )
        PageInHand.objects.filter(run=run).update(run=follower)


def _stop(run: SyncRun, error: AppleError) -> None:
    """Apple said no: wait, go on in a new run, or fail with advice."""
    note_refusal(run.token, error)
    trouble: dict[str, Any] = {
        "trouble_sentence": error.sentence,
        "trouble_advice": error.advice,
        "trouble_details": error.details,
    }
    if not error.try_again:
        _fail(run, error, trouble)
        return
    pause = limits.SYNC_WAITS[min(run.waits, len(limits.SYNC_WAITS) - 1)].total_seconds()
    wait_until = timezone.now() + timedelta(seconds=max(pause, error.retry_after or 0))
    run.renew(waits=run.waits + 1, **trouble)
    if _is_over_time(run):
        _continue_in_a_new_run(run, wait_until)
    else:
        run.renew(status=SyncStatus.WAITING, wait_until=wait_until)


def _fail(run: SyncRun, error: AppleError, trouble: dict[str, Any]) -> None:
    now = timezone.now()
    with transaction.atomic():
        if not run.renew(status=SyncStatus.FAILED, finished_at=now, **trouble):
            raise TakenOver
        PageInHand.objects.filter(run=run).delete()
        # SYNC-7: changes that could not be read leave a gap which only a full sync closes. Without a cursor there is
        # nothing to wait for; any other failure is not tried again at once.
        cursor_is_gone = isinstance(error, CursorExpired | CursorInvalid)
        because = error.sentence if run.kind == SyncKind.DELTA else run.because
        Token.objects.filter(pk=run.token_id).update(
            full_because=because, next_sync_at=now if cursor_is_gone else now + limits.FAILED_SYNC_PAUSE
        )
