"""LIM-10, LIM-12, SYNC-2 to SYNC-5 and SYNC-7: who may ask when, and for what."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from enrollment.actions.devices.request_due_syncs import request_due_syncs
from enrollment.actions.devices.request_sync import SyncRefused, request_sync, sync_refusal
from enrollment.models import AuditEntry, SyncKind, SyncStatus, SyncTrigger
from tests import cast
from tests.cast import a_run, a_token

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_synced_token(**changes):
    return cast.a_synced_token(NOON - timedelta(hours=1), **changes)


def done(run):
    run.status = SyncStatus.DONE
    run.save()


def test_the_first_sync_is_full(clock, alice):
    assert request_sync(a_token(expires_at=NOON + timedelta(days=9)), by=alice).kind == SyncKind.FULL


def test_a_sync_by_hand_fetches_changes(clock, alice):
    assert request_sync(a_synced_token(), by=alice).kind == SyncKind.DELTA


def test_lim_12_a_second_one_by_hand_waits_15_minutes_since_the_last_manual_one(clock, alice):
    token = a_synced_token()
    done(request_sync(token, by=alice))
    done(a_run(token, SyncKind.DELTA))  # an automatic one does not count
    clock.shift(timedelta(minutes=14, seconds=59))

    with pytest.raises(SyncRefused) as refused:
        request_sync(token, by=alice)

    assert refused.value.until == NOON + timedelta(minutes=15)
    clock.shift(timedelta(seconds=1))
    assert sync_refusal(token) is None


def test_sync_5_whoever_asks_while_one_is_open_gets_the_open_one(clock, alice):
    token = a_synced_token()
    first = request_sync(token, by=alice)
    assert request_sync(token, by=alice) == first
    assert sync_refusal(token).sentence == "A sync of this token is under way."


def test_lim_10_a_full_one_by_hand_is_refused_with_the_date(clock, alice):
    token = a_synced_token()
    with pytest.raises(SyncRefused) as refused:
        request_sync(token, by=alice, full=True)
    assert refused.value.until == token.full_synced_at + timedelta(days=7)


def test_sync_7_after_a_failed_delta_the_next_is_full_and_says_why(clock, alice):
    token = a_synced_token(full_because="The cursor was too old.")
    run = request_sync(token, by=alice)
    assert (run.kind, run.because) == (SyncKind.FULL, "The cursor was too old.")


def test_sync_2_after_seven_days_the_automatic_sync_is_full(clock):
    token = a_synced_token(full_synced_at=NOON - timedelta(days=7), next_sync_at=NOON)
    (run,) = request_due_syncs()
    assert (run.token, run.kind, run.trigger) == (token, SyncKind.FULL, SyncTrigger.CLOCK)


def test_sync_3_a_token_is_due_twelve_hours_after_its_last_sync(clock):
    a_synced_token(next_sync_at=NOON + timedelta(seconds=1))
    assert request_due_syncs() == []
    clock.shift(timedelta(seconds=1))
    assert [run.kind for run in request_due_syncs()] == [SyncKind.DELTA]
    assert request_due_syncs() == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"expires_at": NOON - timedelta(days=1)},
        {"rejected_at": NOON},
        {"terms_since": NOON},
    ],
)
def test_the_clock_leaves_tokens_alone_that_somebody_must_mend(clock, alice, trouble):
    token = a_synced_token(next_sync_at=NOON, **trouble)
    assert request_due_syncs() == []
    with pytest.raises(SyncRefused):
        request_sync(token, by=alice)


def test_a_sync_asked_for_is_in_the_audit_log(clock, alice):
    token = a_synced_token()
    request_sync(token, by=alice)
    entry = AuditEntry.objects.get(action="token.sync_asked")
    assert (entry.person, entry.token, entry.after["kind"]) == (alice, token, "delta")
