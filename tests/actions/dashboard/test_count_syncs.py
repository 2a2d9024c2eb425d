"""DASH-1: what syncs did on each of the last 14 days."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.dashboard.count_syncs import SyncDay, count_syncs
from enrollment.models import SyncStatus
from enrollment.models.sync_filter import SyncFilter
from tests.cast import a_run, a_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
DONE, FAILED = SyncStatus.DONE, SyncStatus.FAILED


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def ended(token, at, status=DONE, **changes):
    return a_run(token, status=status, asked_at=at, started_at=at, finished_at=at, **changes)


def told(person):
    return {one.day: one for one in count_syncs(person)}


def test_there_are_fourteen_days_the_last_being_today(alice):
    days = count_syncs(alice)
    assert [one.day for one in days] == [date(2026, 2, 25) + timedelta(days=n) for n in range(14)]
    assert {(one.done, one.failed, one.changed) for one in days} == {(0, 0, 0)}


def test_a_run_counts_on_the_day_it_ended(alice):
    token = a_token()
    ended(token, NOW, added=3, updated=2, released=1, unchanged=100)
    ended(token, NOW - timedelta(hours=9), added=1)  # midnight begins the day
    ended(token, NOW - timedelta(hours=9, seconds=1), FAILED, updated=7)
    days = told(alice)
    assert days[date(2026, 3, 10)] == SyncDay(date(2026, 3, 10), done=2, failed=0, changed=7)
    assert days[date(2026, 3, 9)] == SyncDay(date(2026, 3, 9), done=0, failed=1, changed=7)


def test_days_are_those_of_the_place(alice, settings):
    settings.TIME_ZONE = "Europe/Paris"
    with timezone.override("Europe/Paris"):
        ended(a_token(), datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
        assert told(alice)[date(2026, 3, 10)].done == 1


def test_what_is_to_be_continued_is_neither_done_nor_failed_but_has_changed_devices(alice):
    ended(a_token(), NOW, SyncStatus.TIMED_OUT, added=5)
    a_run(a_token(), status=SyncStatus.RUNNING, started_at=NOW, added=9)
    assert told(alice)[date(2026, 3, 10)] == SyncDay(date(2026, 3, 10), changed=5)


def test_the_list_of_a_day_has_as_many(alice):
    token = a_token()
    for hours in range(0, 400, 7):
        ended(token, NOW - timedelta(hours=hours), FAILED if hours % 3 else DONE)
    assert sum(one.failed for one in count_syncs(alice)) > 14
    for one in count_syncs(alice):
        day = {"since": f"{one.day}", "until": f"{one.day}"}
        assert SyncFilter({**day, "status": DONE}, person=alice).runs.count() == one.done
        assert SyncFilter({**day, "status": FAILED}, person=alice).runs.count() == one.failed


def test_syncs_of_a_token_that_is_not_seen_count_for_nobody(charlie):
    ended(a_token(), NOW, added=5)
    assert not any(one.done or one.changed for one in count_syncs(charlie))
