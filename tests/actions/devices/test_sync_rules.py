"""LIM-5, LIM-10 to LIM-14 and SYNC-1 to SYNC-12, clause by clause, under a clock that is moved by hand."""

import itertools
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from enrollment import tasks
from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.devices.purge_released import purge_released
from enrollment.actions.devices.request_sync import kind_due, request_sync, sync_refusal
from enrollment.actions.devices.store_page import store_page
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.apple import messages as apple_says
from enrollment.models import Device, SeenSerials, SyncKind, SyncStatus, SyncTrigger, Token
from tests.actions.conftest import MINUTE, NOON
from tests.cast import a_device, a_run, a_synced_token, a_token

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def synced(clock, token, world, server):
    """Three devices, and a full sync that was done just now."""
    world.add_devices(server, 3)
    return after(a_run(token))


def after(run, **how):
    """The token when the run has been worked on."""
    sync_devices(run, **how)
    run.refresh_from_db()
    return Token.objects.get(pk=run.token_id)


def slowly(clock, minutes):
    """Each page takes so long."""

    def stop():
        clock.shift(timedelta(minutes=minutes))
        return False

    return stop


def test_sync_2_sync_3_a_week_by_the_clock_is_a_delta_every_12_hours_and_then_a_full_one(token, world, hours_pass):
    world.add_devices(world.servers[-1], 3)
    hours_pass(24 * 7 + 13)
    kinds = list(token.sync_runs.order_by("asked_at").values_list("kind", flat=True))
    assert kinds == ["full", *["delta"] * 13, "full", "delta"]
    asked = list(token.sync_runs.order_by("asked_at").values_list("asked_at", flat=True))
    pauses = {later - earlier for earlier, later in itertools.pairwise(asked)}
    assert pauses == {timedelta(hours=12)}


def test_lim_10_sync_2_a_full_one_by_hand_is_refused_with_the_date_until_7_days_have_passed(synced, clock):
    clock.shift(timedelta(days=7, seconds=-1))
    with pytest.raises(CommandError, match=r"once in 7 days\. Possible again at 2026-06-08 12:00 UTC"):
        call_command("sync", synced.name, "--full")
    clock.shift(timedelta(seconds=1))
    call_command("sync", synced.name, "--full")
    assert synced.sync_runs.first().kind == SyncKind.FULL


@pytest.mark.parametrize(("devices", "minutes"), [(200_000, 67), (30_000, 10)])
def test_lim_5_no_sync_by_hand_before_a_full_one_has_passed_which_is_estimated(clock, as_alice, devices, minutes):
    token = a_synced_token(NOON - timedelta(days=8))
    running = {"status": SyncStatus.RUNNING, "started_at": NOON, "lease_until": NOON, "trigger": "continued"}
    run = a_run(token, expected=devices, **running)
    url = reverse("token-sync-panel", args=[token.pk])
    assert f"about {minutes} minutes left" in as_alice.get(url).content.decode()
    clock.shift(timedelta(minutes=minutes - 1))
    assert sync_refusal(token).sentence == "A sync of this token is under way."
    run.renew(status=SyncStatus.DONE)
    assert sync_refusal(token) is None


def test_lim_12_what_continues_a_sync_by_hand_does_not_begin_its_15_minutes_anew(synced, world, server, clock, alice):
    world.add_devices(server, 3_000)
    after(request_sync(synced, by=alice), stop=slowly(clock, 16))
    after(synced.sync_runs.open().get())
    assert list(synced.sync_runs.values_list("trigger", flat=True)[:2]) == [SyncTrigger.CONTINUED, SyncTrigger.MANUAL]
    assert sync_refusal(synced) is None


def test_lim_13_one_full_sync_over_three_runs_is_complete_with_its_last_page(token, world, server, clock):
    world.add_devices(server, 5_000)
    gone = a_device(token)
    runs = [a_run(token)]
    while runs[-1].status != SyncStatus.DONE:
        assert after(runs[-1], stop=slowly(clock, 8)).full_synced_at is None or runs[-1].status == SyncStatus.DONE
        gone.refresh_from_db()
        assert bool(gone.released_at) == (runs[-1].status == SyncStatus.DONE)
        runs += token.sync_runs.open()
    assert [run.status for run in runs] == [SyncStatus.TIMED_OUT, SyncStatus.TIMED_OUT, SyncStatus.DONE]
    assert [run.continues for run in runs] == [None, *runs[:2]]
    assert {run.kind for run in runs} == {SyncKind.FULL}
    assert [run.pages for run in runs] == [2, 2, 1]
    assert world.pages_served == 5, "each goes on from the cursor of the one before"
    assert token.devices.present().count() == 5_000


def test_sync_6_lim_13_the_clock_continues_at_once_and_outside_lim_10_to_12(
    synced, world, server, clock, messages, alice
):
    Token.objects.update(full_because="The cursor was too old.")
    world.add_devices(server, 2_500)
    run = request_sync(Token.objects.get(), by=alice)
    after(run, stop=slowly(clock, 16))
    follower = synced.sync_runs.open().get()
    assert (run.status, synced.devices.count()) == (SyncStatus.TIMED_OUT, 1_000)
    assert (follower.kind, follower.status, follower.wait_until) == (SyncKind.FULL, SyncStatus.QUEUED, None)
    assert (follower.because, follower.asked_by) == (run.because, alice)
    messages.clear()
    tasks.every_minute()
    assert (tasks.run_sync.name, (follower.pk,)) in [(name, message.body[0]) for name, message in messages]
    after(follower)
    assert (follower.status, synced.devices.count()) == (SyncStatus.DONE, 2_500 + 3)


@pytest.mark.parametrize(
    "fault",
    [
        "expired_cursor",
        "invalid_cursor",
        "same_cursor",
        "terms_after_session",
        "access_denied",
        "user_agent_invalid",
        "token_rejected",
        "token_expired",
        "oauth_not_understood",
    ],
)
def test_sync_7_a_delta_that_fails_for_any_reason_makes_the_next_one_full_and_says_why(
    synced, world, server, clock, fault
):
    world.add_devices(server, 2_000)
    Token.objects.update(sealed_session=None)
    world.faults.add(fault)
    run = a_run(synced, SyncKind.DELTA)
    failed = after(run)
    assert run.status == SyncStatus.FAILED
    assert failed.full_because == run.trouble_sentence != ""
    assert kind_due(failed, timezone.now()) == SyncKind.FULL, "though the last full one was just now"

    world.faults.clear()
    Token.objects.update(terms_since=None, rejected_at=None)
    full = request_sync(Token.objects.get(), by=None)
    assert full.because == failed.full_because
    well = after(full)
    assert (well.full_because, kind_due(well, timezone.now())) == ("", SyncKind.DELTA)


@pytest.mark.parametrize("fault", ["503", "429", "500", "hang_up", "truncated_json"])
def test_sync_7_an_apple_that_is_away_is_waited_for_and_a_time_out_goes_on_as_a_delta(synced, world, hours_pass, fault):
    Token.objects.update(next_sync_at=NOON + MINUTE)
    world.faults.add(fault)
    hours_pass(2)
    world.faults.clear()
    hours_pass(2)
    runs = synced.sync_runs.filter(asked_at__gt=NOON)
    assert set(runs.values_list("kind", flat=True)) == {SyncKind.DELTA}
    assert set(runs.values_list("status", flat=True)) == {SyncStatus.TIMED_OUT, SyncStatus.DONE}
    assert Token.objects.get().full_because == ""


def test_sync_8_the_pages_that_delete_say_that_it_comes_back_and_how_to_prevent_that(as_alice):
    token = a_token()
    device = a_device(token)
    for url in (reverse("device-detail", args=[device.pk]), reverse("token-delete", args=[token.pk])):
        english = as_alice.get(url).content.decode()
        assert "next full sync" in english
        assert "unassign" in english
        french = as_alice.get(url, headers={"Accept-Language": "fr"}).content.decode()
        assert "prochaine synchronisation complète" in french


def test_sync_9_what_left_the_server_is_marked_released_with_its_date_and_says_when_it_goes(
    synced, world, clock, as_alice
):
    serial = synced.devices.first().serial
    clock.shift(timedelta(hours=3))
    world.unassign(serial)
    clock.shift(timedelta(hours=1))
    after(a_run(synced, SyncKind.DELTA))
    device = synced.devices.get(serial=serial)
    assert device.released_at == NOON + timedelta(hours=3), "when it left, not when we heard of it"
    url = reverse("device-detail", args=[device.pk])
    assert (
        "This device left the server on June 1, 2026. It is deleted here on July 16, 2026"
        in as_alice.get(url).content.decode()
    )
    assert "Libéré" in as_alice.get(url, headers={"Accept-Language": "fr"}).content.decode()
    assert delete_devices(Device.objects.filter(pk=device.pk), by=None) == 1, "by hand, before its time"


def test_lim_14_released_devices_are_deleted_45_days_after(clock):
    a_device(a_token(), released_at=NOON)
    clock.shift(timedelta(days=45, seconds=-1))
    assert purge_released() == 0
    clock.shift(timedelta(seconds=1))
    assert purge_released() == 1


@pytest.mark.parametrize("days", ["29", "46"])
def test_lim_14_the_setting_lies_between_30_and_45(days, tmp_path):
    environment = {**os.environ, "RELEASED_KEPT_DAYS": days, "DATA_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    started = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert started.returncode != 0
    assert "between 30 and 45 days" in started.stderr


def a_page_of(*devices):
    return apple_says.device_page({"devices": list(devices), "cursor": "c", "more_to_follow": False})


def claimed(token, kind):
    run = a_run(token, kind)
    assert run.claim()
    return run


def test_sync_12_an_op_type_on_a_fetch_says_nothing(token):
    store_page(a_page_of({"serial_number": "A", "op_type": "deleted"}), claimed(token, SyncKind.FULL))
    assert token.devices.get().released_at is None


def test_sync_12_a_deleted_record_holds_blanks_that_overwrite_nothing(token):
    device = a_device(token, serial="A")
    gone = {"serial_number": "A", "model": "", "color": "", "op_type": "deleted", "op_date": "2026-06-01T12:00:00Z"}
    store_page(a_page_of(gone), claimed(token, SyncKind.DELTA))
    left = token.devices.get()
    assert left.released_at == NOON
    assert (left.model, left.color, left.family) == (device.model, device.color, device.family)


def test_sync_12_missing_fields_and_a_missing_serial_number_stop_nothing(token):
    store_page(
        a_page_of({"serial_number": "A"}, {"model": "iPad"}, {"serial_number": ""}), claimed(token, SyncKind.FULL)
    )
    assert token.devices.get().serial == "A"


def test_sync_12_of_repeated_records_the_newest_counts(token):
    page = a_page_of(
        {"serial_number": "A", "model": "New", "op_type": "modified", "op_date": "2026-06-02T00:00:00Z"},
        {"serial_number": "A", "model": "Old", "op_type": "added", "op_date": "2026-06-01T00:00:00Z"},
    )
    run = claimed(token, SyncKind.DELTA)
    store_page(page, run)
    assert token.devices.get().model == "New"
    assert (run.added, run.received) == (1, 2)


@pytest.mark.parametrize("kind", SyncKind)
def test_sync_12_an_exhausted_cursor_is_an_end_and_no_error(synced, world, kind):
    world.faults.add("exhausted_cursor", times=1)
    run = a_run(synced, kind, cursor=synced.cursor)
    serials = list(synced.devices.values_list("serial", flat=True))
    SeenSerials.objects.create(token=synced, page=0, serials=serials)
    after(run)
    assert (run.status, synced.devices.present().count()) == (SyncStatus.DONE, len(serials))


def test_sync_12_a_cursor_older_than_7_days_ends_in_a_full_sync_by_itself(synced, world, hours_pass, clock):
    Token.objects.update(full_synced_at=NOON + timedelta(days=2), next_sync_at=NOON + timedelta(days=8))
    clock.shift(timedelta(days=8))
    hours_pass(1)
    kinds = list(synced.sync_runs.filter(asked_at__gt=NOON).order_by("asked_at").values_list("kind", "status"))
    assert kinds == [("delta", "failed"), ("full", "done")]
