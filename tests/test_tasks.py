"""The door for the clock: it finds work in the rows, and a broker that is away loses nothing."""

import itertools
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from config.celery import app
from enrollment import tasks
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.management.program import parts
from enrollment.models import AssignmentState, AuditEntry, AuditHead, Device, SyncRun, SyncStatus, Token
from tests import cast
from tests.cast import a_device, a_profile, a_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def messages(monkeypatch):
    """What is handed to the broker, which is the network here."""
    sent = []
    monkeypatch.setattr(
        app.amqp, "send_task_message", lambda _producer, name, message, **_more: sent.append((name, message))
    )
    return sent


def names(messages):
    return [name for name, _message in messages]


def test_a_minute_starts_what_is_due(token, messages):
    Token.objects.update(next_sync_at=timezone.now() - timedelta(minutes=1))
    tasks.every_minute()
    run = SyncRun.objects.get()
    assert run.status == SyncStatus.QUEUED
    assert "enrollment.tasks.run_sync" in names(messages)


def test_a_minute_takes_up_what_a_dead_worker_left_behind(token, messages):
    a_run(
        token, status=SyncStatus.RUNNING, started_at=timezone.now(), lease_until=timezone.now() - timedelta(seconds=1)
    )
    Token.objects.update(next_sync_at=timezone.now() + timedelta(days=1))
    tasks.every_minute()
    assert names(messages) == ["enrollment.tasks.run_sync"]


def test_a_minute_leaves_alone_what_has_nothing_to_do(token, messages):
    a_device(token)
    Token.objects.update(next_sync_at=timezone.now() + timedelta(days=1))
    tasks.every_minute()
    assert messages == []


def test_messages_expire_so_that_a_stopped_worker_wakes_to_no_flood(token, messages):
    tasks.enqueue(tasks.run_reconcile, token.pk)
    ((_name, message),) = messages
    assert message.headers["expires"]


def test_from_the_minute_to_the_confirmation(token, world, messages, alice):
    world.add_devices(world.servers[-1], 3, device_family="iPad", os="iPadOS")
    tasks.every_minute()
    tasks.run_sync(SyncRun.objects.get().pk)
    devices = Device.objects.filter(token=token)
    assign_profile(devices, a_profile(token), by=alice)
    messages.clear()
    tasks.every_minute()
    assert names(messages) == ["enrollment.tasks.run_reconcile"]
    tasks.run_reconcile(token.pk)
    Device.objects.update(next_try_at=timezone.now())
    tasks.run_reconcile(token.pk)
    assert set(devices.with_state().values_list("state_now", flat=True)) == {AssignmentState.CONFIRMED}


def test_a_wish_is_enqueued_after_commit_only(token, messages):
    with transaction.atomic():
        tasks.enqueue(tasks.run_reconcile, token.pk)
        assert messages == []
    assert len(messages) == 1


def test_a_broker_that_is_away_does_not_disturb_the_page(token, as_alice, monkeypatch, caplog):
    def away(*_arguments, **_more):
        raise OSError("the queue's disk is full")

    monkeypatch.setattr(app.amqp, "send_task_message", away)
    Token.objects.update(cursor="c", full_synced_at=timezone.now())
    answer = as_alice.post(f"/tokens/{token.pk}/sync/")
    assert answer.status_code == 302
    assert SyncRun.objects.get().status == SyncStatus.QUEUED, "the row is safe; the clock finds it"
    assert "the clock will" in caplog.text


def test_a_task_for_a_row_that_is_gone_is_no_fault(db, messages):
    tasks.run_sync(999)
    tasks.run_reconcile(999)
    tasks.run_verify(999)
    tasks.every_hour()


def a_clock_that_runs(monkeypatch, seconds):
    """Each look at it is so much later."""
    looks = itertools.count()
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: next(looks) * seconds))


def test_a_slow_token_lets_another_one_have_the_worker(token, world, apple, messages, monkeypatch):
    world.add_devices(world.servers[-1], 4_000)
    slow = a_run(token)
    other = a_run(cast.a_token_at(apple, world.add_server("Second"), name="Second"))
    a_clock_that_runs(monkeypatch, seconds=11)
    tasks.run_sync(slow.pk)
    slow.refresh_from_db()
    assert (slow.status, slow.pages) == (SyncStatus.QUEUED, 3), "after half a minute, between two pages"
    assert names(messages)[0] == "enrollment.tasks.run_sync"
    assert messages[0][1].body[0] == (slow.pk,), "it queues up again"
    tasks.run_sync(other.pk)
    tasks.run_sync(slow.pk)
    slow.refresh_from_db()
    assert (slow.status, slow.received, world.pages_served) == (SyncStatus.DONE, 4_000, 4 + 1)


def test_a_slow_token_keeps_the_worker_when_nobody_waits(token, world, messages, monkeypatch):
    world.add_devices(world.servers[-1], 4_000)
    run = a_run(token)
    a_clock_that_runs(monkeypatch, seconds=100)
    tasks.run_sync(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempt) == (SyncStatus.DONE, 1)


def test_a_large_assignment_lets_a_sync_have_the_worker(token, world, apple, messages, monkeypatch, alice):
    world.add_devices(world.servers[-1], 2_500, device_family="iPad", os="iPadOS")
    tasks.run_sync(a_run(token).pk)
    assign_profile(Device.objects.filter(token=token), a_profile(token), by=alice)
    a_run(cast.a_token_at(apple, world.add_server("Second"), name="Second"))
    a_clock_that_runs(monkeypatch, seconds=100)
    tasks.run_reconcile(token.pk)
    assert len(world.assigned_serials) == 1_000
    tasks.run_reconcile(token.pk)
    assert len(world.assigned_serials) == 2_000
    assert len(set(world.assigned_serials)) == 2_000


def test_short_work_never_waits_behind_a_sync_or_a_reading_of_licences():
    """Workers take from one of two queues; what may be long has its own."""
    router = app.amqp.router
    queues = {task: router.route({}, task)["queue"].name for task in app.tasks if task.startswith("enrollment.")}
    long = {task for task, queue in queues.items() if queue == "long"}
    assert long == {
        "enrollment.tasks.run_sync",
        "enrollment.tasks.run_reconcile",
        "enrollment.tasks.run_read_licences",
    }
    assert len(queues) > len(long)
    workers = [part for part in parts(host="127.0.0.1", port=1, data=Path()) if "worker" in part.name]
    assert [part.command[part.command.index("-Q") + 1] for part in workers] == ["long", "short"]


def test_what_is_recorded_is_sealed_and_where_it_reaches_to_is_logged(token, alice, caplog):
    AuditEntry.record("token.edited", token, by=alice)
    tasks.run_seal()
    head = AuditHead.objects.get()
    assert head.number == AuditEntry.objects.count() == 1
    with caplog.at_level("INFO"):
        tasks.keep_audit()
    assert head.chain_hash in caplog.text


def test_the_clock_has_every_task_it_is_to_have(settings):
    for one in settings.CELERY_BEAT_SCHEDULE.values():
        assert one["task"] in app.tasks
