"""The door for the clock. A task hands an id to a verb; the row decides whether there is anything to do."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import Task, shared_task
from celery.signals import worker_shutting_down
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from enrollment import limits
from enrollment.actions.access.forget_answers import forget_answers
from enrollment.actions.audit.purge_audit import purge_audit
from enrollment.actions.audit.seal_audit import seal_audit
from enrollment.actions.devices.purge_history import purge_history
from enrollment.actions.devices.purge_released import purge_released
from enrollment.actions.devices.reconcile import reconcile, tokens_to_reconcile
from enrollment.actions.devices.request_due_syncs import request_due_syncs
from enrollment.actions.devices.run_operation import run_operation as carry_through
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.devices.tally_devices import keep_tally
from enrollment.actions.devices.tidy_search import tidy_search
from enrollment.actions.licences.read_licences import read_licences
from enrollment.actions.profiles.fetch_foreign_profiles import fetch_foreign_profiles
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.actions.warnings.purge_alerts import purge_alerts
from enrollment.actions.warnings.send_warnings import send_warnings
from enrollment.models import Channel, Delivery, Device, Installation, Operation, SyncRun, Token, Verdict, VppToken
from enrollment.models.operation import ASKS_APPLE
from enrollment.models.operation_progress import WISHES

log = structlog.get_logger(__name__)

# A message nobody took is worth nothing later: the clock writes a new one as long as the row is open.
MESSAGE_LIVES = 300
SEALED_AT_ONCE = 20_000  # of a log that was long before it had a chain, so that mails need not wait

_stopping = threading.Event()


def _turn() -> Callable[[], bool]:
    """A `stop` for long work: when the worker is asked to go, or others wait and this one has had its slice of time."""
    over_at = time.monotonic() + limits.SYNC_SLICE.total_seconds()
    return lambda: (
        _stopping.is_set() or (time.monotonic() > over_at and SyncRun.objects.to_take_up(timezone.now()).exists())
    )


@worker_shutting_down.connect
def _stop_between_two_pages(**_signal: Any) -> None:
    _stopping.set()


def enqueue(task: Task, *ids: int) -> None:
    """Hand the wish to a worker after commit. A broker that is away loses nothing: the clock finds the row."""
    transaction.on_commit(lambda: _send(task, ids))


def _send(task: Task, ids: tuple[int, ...]) -> None:
    try:
        task.apply_async(args=ids, expires=MESSAGE_LIVES, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the queue did not take a task; the clock will", task=task.name, ids=ids, error=str(error))


def hand_out(operation: Operation) -> None:
    """What has been confirmed, or is tried again: to whom it is carried through by."""
    if operation.kind in ASKS_APPLE:
        enqueue(run_operation, operation.pk)
    elif operation.kind in WISHES:
        devices = Device.objects.filter(pk__in=operation.devices.filter(verdict=Verdict.GETS).values("device"))
        for token_id in devices.order_by().values_list("token", flat=True).distinct():
            enqueue(run_reconcile, token_id)


@shared_task
def run_sync(run_id: int) -> None:
    run = SyncRun.objects.select_related("token").filter(pk=run_id).first()
    if run is None:
        return
    sync_devices(run, stop=_turn())
    if not _stopping.is_set():
        # A run that used up its 15 minutes goes on at once (LIM-13); one that made room queues up behind the others.
        for follower in run.token.sync_runs.to_take_up(timezone.now()):
            enqueue(run_sync, follower.pk)
    enqueue(run_reconcile, run.token_id)
    tidy_search()


@shared_task
def run_reconcile(token_id: int) -> None:
    token = Token.objects.filter(pk=token_id).first()
    if token is None:
        return
    reconcile(token, stop=_turn())
    fetch_foreign_profiles(token)


@shared_task
def run_verify(token_id: int) -> None:
    if token := Token.objects.filter(pk=token_id).first():
        verify_token(token)


@shared_task
def run_read_licences(vpp_token_id: int) -> None:
    # Of several messages about one that is due, the first reads it.
    if token := VppToken.objects.to_read(timezone.now()).filter(pk=vpp_token_id).first():
        read_licences(token)


@shared_task
def run_operation(operation_id: int) -> None:
    if operation := Operation.objects.filter(pk=operation_id).first():
        carry_through(operation, stop=_turn())


@shared_task
def run_mails() -> None:
    """Warnings to people."""
    send_warnings()


@shared_task
def run_channel(channel_id: int) -> None:
    """Warnings to a channel, each by itself: one that is slow keeps no other waiting."""
    if channel := Channel.objects.filter(pk=channel_id).first():
        send_warnings(channel)


@shared_task
def run_seal() -> None:
    seal_audit(at_most=SEALED_AT_ONCE)


@shared_task
def keep_audit() -> None:
    """The head stands in the logs, too: whoever keeps them can prove later that nothing was cut off."""
    purge_audit()
    head = seal_audit()
    log.info("the audit log reaches to", number=head.number, hash=head.chain_hash)


@shared_task
def every_minute() -> None:
    """Find in the rows what is due, and hand it out."""
    now = timezone.now()
    request_due_syncs()
    for run in SyncRun.objects.to_take_up(now):
        enqueue(run_sync, run.pk)
    for token in Token.objects.to_probe(now):
        enqueue(run_verify, token.pk)
    for token in tokens_to_reconcile(now):
        enqueue(run_reconcile, token.pk)
    for vpp_token in VppToken.objects.to_read(now)[: limits.READINGS_AT_ONCE]:
        enqueue(run_read_licences, vpp_token.pk)
    for operation in Operation.objects.to_take_up():
        enqueue(run_operation, operation.pk)
    # Before anybody is told what holds: that the clock has stopped does not any more.
    Installation.note_clock(now)
    keep_tally()
    tell_warnings()


def tell_warnings() -> None:
    """Note what holds, and hand out what is due to be told."""
    note_warnings()
    for channel_id in Delivery.objects.channels_to_tell(timezone.now()):
        if channel_id is None:
            enqueue(run_mails)
        else:
            enqueue(run_channel, channel_id)


@shared_task
def every_hour() -> None:
    purge_released()
    purge_history()
    forget_answers()
    purge_alerts()
