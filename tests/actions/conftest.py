"""The clock's minutes, moved by hand, with a worker that does at once what they hand out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from config.celery import app
from enrollment import tasks
from enrollment.models import SyncRun, Token

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def messages(monkeypatch):
    """What is handed to the broker, which is the network here."""
    sent = []
    monkeypatch.setattr(app.amqp, "send_task_message", lambda _p, name, message, **_m: sent.append((name, message)))
    return sent


@pytest.fixture
def hours_pass(clock, messages):
    """The clock's minutes, with a worker that does at once what they hand out; minutes without work are passed over."""

    def pass_(hours):
        end = timezone.now() + timedelta(hours=hours)
        while timezone.now() < end:
            clock.move_to(min(end, next_minute_with_work()))
            tasks.every_minute()
            while messages:
                name, message = messages.pop(0)
                app.tasks[name](*message.body[0])

    return pass_


def next_minute_with_work():
    """The first full minute after the earliest time a row waits for; at most an hour from now."""
    now = timezone.now()
    waits = [*Token.objects.values_list("next_probe_at", "next_sync_at", "reconcile_until")]
    waits += [*SyncRun.objects.open().values_list("wait_until", "lease_until")]
    due = min([at for row in waits for at in row if at and at >= now], default=now + HOUR)
    return min(max(now + MINUTE, due + (now - due) % MINUTE), now + HOUR)
