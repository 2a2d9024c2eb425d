"""SYNC-1, 2, 6, 7, 9, 11 and 12 against the pretend Apple over real sockets."""

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from enrollment.actions.devices import sync_devices as module
from enrollment.actions.devices.ask_ahead import AppleRepeatsItself
from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.errors import TermsNotSigned
from enrollment.models import (
    AppleProfileStatus,
    Device,
    SeenSerials,
    SyncKind,
    SyncRun,
    SyncStatus,
    SyncTrigger,
    TokenStatus,
    Wish,
)
from tests.cast import a_device, a_profile, a_run

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing of ours runs after it."""


def dies_after_pages(pages):
    """A stop that is asked with the next page in hand, and there the process dies."""
    asked = iter(range(1, 1_000))

    def stop():
        if next(asked) > pages:
            raise Killed
        return False

    return stop


def synced(token, kind=SyncKind.FULL):
    run = a_run(token, kind)
    sync_devices(run)
    token.refresh_from_db()
    run.refresh_from_db()
    return run


def test_sync_1_a_full_sync_brings_every_device_and_remembers_the_cursor(token, world, server):
    world.add_devices(server, 2_500)
    run = synced(token)
    assert (run.status, run.pages, run.added, run.received) == (SyncStatus.DONE, 3, 2_500, 2_500)
    assert token.devices.count() == 2_500
    assert token.cursor
    assert token.full_synced_at
    assert token.next_sync_at == pytest.approx(token.synced_at + timedelta(hours=12), abs=timedelta(seconds=1))
    assert not SeenSerials.objects.exists()


def test_what_apple_says_of_a_device_is_kept_to_the_letter(token, world, server):
    world.add_devices(server, 30)
    synced(token)
    for device in token.devices.all():
        said = server.device(device.serial)
        assert (device.model, device.description, device.color, device.family) == (
            said.model,
            said.description,
            said.color,
            said.device_family,
        )
        assert device.apple_profile_status == AppleProfileStatus.EMPTY


def test_an_unchanged_full_sync_rewrites_nothing(token, world, server):
    world.add_devices(server, 1_200)
    synced(token)
    run = synced(token)
    assert (run.added, run.updated, run.unchanged) == (0, 0, 1_200)


def test_a_delta_applies_what_was_added_changed_and_taken_away(token, world, server):
    serials = world.add_devices(server, 10)
    synced(token)
    world.release(serials[0])
    more = world.add_devices(server, 3)

    run = synced(token, SyncKind.DELTA)

    assert (run.status, run.added, run.released) == (SyncStatus.DONE, 3, 1)
    assert set(token.devices.present().values_list("serial", flat=True)) == {*serials[1:], *more}
    assert token.devices.get(serial=serials[0]).model, "a deleted record holds blanks, which overwrite nothing"


def test_sync_9_who_is_missing_from_a_complete_full_sync_was_released_and_keeps_what_was_wanted(token, world, server):
    world.add_devices(server, 5)
    gone = a_device(token, wish=Wish.PROFILE, profile=a_profile(token))
    run = synced(token)
    gone.refresh_from_db()
    assert run.released == 1
    assert gone.released_at
    assert gone.wish == Wish.PROFILE


def test_pitfall_25_an_incomplete_full_sync_releases_nobody(token, world, server):
    world.add_devices(server, 3_500)
    a_device(token)
    with pytest.raises(Killed):
        sync_devices(a_run(token), stop=dies_after_pages(2))
    assert token.devices.present().count() == 2_001


def test_sync_11_a_killed_sync_goes_on_where_it_stopped(token, apple, world, server):
    world.add_devices(server, 5_000)
    run = a_run(token)
    with pytest.raises(Killed):
        sync_devices(run, stop=dies_after_pages(2))
    assert token.devices.count() == 2_000

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        sync_devices(SyncRun.objects.get(pk=run.pk))

    assert token.devices.count() == 5_000
    run.refresh_from_db()
    assert (run.status, run.pages, run.received) == (SyncStatus.DONE, 5, 5_000)
    assert world.pages_served == 5, "no page was asked for twice: the third was in hand"


def test_a_worker_that_lost_its_lease_writes_nothing(token, world, server):
    world.add_devices(server, 3_000)
    run = a_run(token)

    def another_takes_over():
        if token.devices.exists():
            SyncRun.objects.filter(pk=run.pk).update(attempt=99)
        return False

    sync_devices(run, stop=another_takes_over)

    assert token.devices.count() == 1_000
    run.refresh_from_db()
    assert run.status == SyncStatus.RUNNING


def test_a_run_that_is_claimed_is_not_claimed_twice(token):
    run = a_run(token)
    assert SyncRun.objects.get(pk=run.pk).claim()
    assert not SyncRun.objects.get(pk=run.pk).claim()


def test_a_worker_asked_to_stop_sets_the_run_down_between_two_pages(token, world, server):
    world.add_devices(server, 3_000)
    run = a_run(token)
    sync_devices(run, stop=lambda: True)
    run.refresh_from_db()
    assert (run.status, run.pages) == (SyncStatus.QUEUED, 1)
    assert world.pages_served == 1, "nothing is asked that nobody stores"
    sync_devices(run)
    assert (token.devices.count(), world.pages_served) == (3_000, 3)


def test_a_worker_asked_to_stop_waits_for_no_further_page_of_a_slow_apple(token, world, server):
    world.add_devices(server, 3_000)
    run = a_run(token)
    sync_devices(run, stop=lambda: world.faults.add("slow", seconds=30) or True)
    run.refresh_from_db()
    assert (run.status, run.pages) == (SyncStatus.QUEUED, 1)


def test_a_page_in_hand_says_nothing_of_the_token(token, world, server):
    """Terms were withdrawn between the worker that died and the one that takes up its page."""
    world.add_devices(server, 3_000)
    run = a_run(token)
    with pytest.raises(Killed):
        sync_devices(run, stop=dies_after_pages(1))
    note_refusal(token, TermsNotSigned())
    world.faults.add("terms_after_session")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        sync_devices(SyncRun.objects.get(pk=run.pk))
    token.refresh_from_db()
    assert (token.devices.count(), token.status) == (2_000, TokenStatus.TERMS_NOT_SIGNED)


def test_lim_13_a_run_over_15_minutes_is_continued_by_a_new_one_and_only_the_last_page_completes_it(
    token, world, server
):
    world.add_devices(server, 3_000)
    gone = a_device(token)
    with time_machine.travel(datetime(2026, 6, 1, 12, 0, tzinfo=UTC), tick=False) as clock:
        world.clock = timezone.now
        run = a_run(token)

        def fourteen_minutes_pass():
            clock.shift(timedelta(minutes=14))
            return False

        sync_devices(run, stop=fourteen_minutes_pass)
        run.refresh_from_db()
        follower = token.sync_runs.open().get()

        assert run.status == SyncStatus.TIMED_OUT
        assert (follower.kind, follower.trigger, follower.continues) == (SyncKind.FULL, SyncTrigger.CONTINUED, run)
        gone.refresh_from_db()
        assert gone.released_at is None

        sync_devices(follower)

    gone.refresh_from_db()
    token.refresh_from_db()
    assert gone.released_at
    assert token.devices.present().count() == 3_000
    assert token.full_synced_at


def test_sync_7_an_expired_cursor_fails_the_delta_and_makes_the_next_one_full_at_once(token, world, server):
    world.add_devices(server, 3)
    synced(token)
    world.faults.add("expired_cursor", times=1)

    run = synced(token, SyncKind.DELTA)

    assert run.status == SyncStatus.FAILED
    assert token.full_because
    assert token.next_sync_at <= timezone.now()
    assert request_sync(token, by=None, trigger=SyncTrigger.CLOCK).kind == SyncKind.FULL


def test_an_apple_that_is_away_is_waited_for(token, world, server):
    world.add_devices(server, 3)
    world.faults.add("503", times=1, retry_after=120)

    run = synced(token)

    assert run.status == SyncStatus.WAITING
    assert run.wait_until == pytest.approx(timezone.now() + timedelta(seconds=120), abs=timedelta(seconds=5))
    sync_devices(SyncRun.objects.get(pk=run.pk))
    assert token.devices.count() == 0, "not before its time"
    with time_machine.travel(timezone.now() + timedelta(seconds=121)):
        sync_devices(SyncRun.objects.get(pk=run.pk))
    assert token.devices.count() == 3


def test_sync_12_the_same_cursor_for_ever_ends_in_a_failure_that_says_so(token, world, server):
    world.add_devices(server, 3_000)
    world.faults.add("same_cursor")
    run = synced(token)
    assert run.status == SyncStatus.FAILED
    assert run.trouble_sentence == AppleRepeatsItself.sentence


def test_an_invalid_cursor_in_the_middle_of_a_full_sync_starts_it_over(token, world, server):
    world.add_devices(server, 2_500)
    run = a_run(token)
    sync_devices(run, stop=lambda: True)
    world.faults.add("invalid_cursor", times=1)
    run.refresh_from_db()
    sync_devices(run)
    run.refresh_from_db()
    assert run.status == SyncStatus.DONE
    assert token.devices.count() == 2_500


def test_a_device_that_comes_back_starts_anew_at_apple_and_keeps_what_was_wanted(token, world, server):
    (serial,) = world.add_devices(server, 1)
    synced(token)
    profile = a_profile(token, apple_uuid="A" * 32)
    Device.objects.filter(token=token).update(
        wish=Wish.PROFILE, profile=profile, asked_for="A" * 32, answer="success", confirmed_at=timezone.now()
    )
    world.unassign(serial)
    synced(token, SyncKind.DELTA)
    assert token.devices.get().released_at

    world.assign(serial, server)
    synced(token, SyncKind.DELTA)

    device = token.devices.get()
    assert device.released_at is None
    assert (device.wish, device.profile) == (Wish.PROFILE, profile)
    assert (device.asked_for, device.answer, device.confirmed_at) == ("", "", None)


def test_terms_withdrawn_in_the_middle_stop_the_sync_and_mark_the_token(token, world, server):
    world.add_devices(server, 3_000)
    run = a_run(token)
    sync_devices(run, stop=lambda: True)
    world.withdraw_terms()
    run.refresh_from_db()
    sync_devices(run)
    run.refresh_from_db()
    token.refresh_from_db()
    assert run.status == SyncStatus.FAILED
    assert token.terms_since


def test_sync_12_repeated_and_contradicting_operations_end_where_apple_ended(token, world, server):
    serials = world.add_devices(server, 4)
    synced(token)
    world.repeats_operations = True
    world.unassign(serials[0])
    world.assign(serials[0], server)  # deleted, then added, in one page
    world.unassign(serials[1])
    (new,) = world.add_devices(server, 1)

    synced(token, SyncKind.DELTA)

    assert set(token.devices.present().values_list("serial", flat=True)) == {serials[0], *serials[2:], new}
    assert token.devices.get(serial=serials[0]).apple_profile_status == AppleProfileStatus.EMPTY


def test_sync_12_an_operation_older_than_what_was_applied_changes_nothing(token, world, server):
    (serial,) = world.add_devices(server, 1)
    synced(token)
    Device.objects.update(op_at=timezone.now() + timedelta(days=1), model="Newer")
    world.set_migration_deadline(serial, timezone.now())
    synced(token, SyncKind.DELTA)
    assert token.devices.get().model == "Newer"


def test_sync_8_a_device_deleted_here_comes_back_with_the_next_full_sync(token, world, server):
    world.add_devices(server, 2)
    synced(token)
    token.devices.first().delete()
    synced(token, SyncKind.DELTA)
    assert token.devices.count() == 1
    synced(token)
    assert token.devices.count() == 2


def test_lim_14_released_devices_are_deleted_after_their_time(token, world, server, settings):
    from enrollment.actions.devices.purge_released import purge_released

    (serial,) = world.add_devices(server, 1)
    synced(token)
    world.release(serial)
    synced(token, SyncKind.DELTA)
    settings.RELEASED_KEPT_DAYS = 30
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert purge_released() == 0
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        assert purge_released() == 1
    assert not token.devices.exists()


def test_odd_values_stop_no_sync(token, world, server):
    """Texts longer than a column, NULs, half characters, wrong types: kept as far as they can be."""
    odd = {"model": "A\x00B", "asset_tag": 7, "imei": "none", "color": None, "device_assigned_by": "é\ud800"}
    world.add_devices(server, 1, description="x" * 5_000, **odd)
    run = synced(token)
    assert run.status == SyncStatus.DONE
    device = token.devices.get()
    assert (len(device.description), device.model, device.asset_tag, device.imei) == (250, "AB", "", [])
    assert device.assigned_by == "é?"


def test_on_sqlite_others_may_write_between_two_pages_and_apples_time_counts(token, world, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets others write at any time")
    world.add_devices(world.servers[0], 3_000)
    pauses = []
    # The clock alone is played: every look at it is 5 ms later than the one before.
    ticks = itertools.count(step=0.005)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(ticks), sleep=pauses.append))
    sync_devices(a_run(token))
    assert pauses == [pytest.approx(0.015)] * 2, "between the pages, not before the first: 20 ms less Apple's 5"
