"""SYNC-4, SYNC-6 and SYNC-10 as people see them: state, progress, what is next, and why a button is disabled."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from enrollment import limits
from enrollment.models import SyncKind, SyncRun, SyncStatus, SyncTrigger, Token
from enrollment.models.sync_run import OPEN
from tests.cast import a_device, a_run, a_synced_token, a_token

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def synced(clock):
    return a_synced_token(NOON - timedelta(hours=3))


def panel(browser, token):
    return browser.get(reverse("token-sync-panel", args=[token.pk])).content.decode()


def is_disabled(page):
    return 'class="button primary" disabled' in page


def test_sync_10_the_panel_says_what_was_and_what_is_next(as_alice, synced):
    a_run(synced, SyncKind.DELTA, status=SyncStatus.DONE, added=3, updated=2, released=1, unchanged=1_234)
    page = panel(as_alice, synced)
    assert "3 added, 2 updated, 1 released, 1,234 unchanged" in page
    for words in (
        "Next automatic sync",
        "9 hours",
        "Next sync by hand",
        "Next full sync",
        "Age of the cursor",
        "3 hours",
    ):
        assert words in page.replace("\xa0", " "), words
    assert not is_disabled(page)


def test_sync_4_by_hand_a_delta_runs_and_the_button_is_disabled_while_any_sync_runs(as_alice, synced):
    assert as_alice.post(reverse("token-sync", args=[synced.pk])).status_code == 302
    run = SyncRun.objects.get()
    assert (run.kind, run.trigger) == (SyncKind.DELTA, SyncTrigger.MANUAL)
    page = panel(as_alice, synced)
    assert is_disabled(page)
    assert "A sync of this token is under way." in page


@pytest.mark.parametrize("trigger", [SyncTrigger.CLOCK, SyncTrigger.FIRST, SyncTrigger.CONTINUED])
def test_sync_4_the_clocks_sync_disables_it_too(as_alice, synced, trigger):
    a_run(synced, SyncKind.DELTA, status=SyncStatus.WAITING, wait_until=NOON, trigger=trigger)
    assert is_disabled(panel(as_alice, synced))


def test_lim_12_the_button_says_why_it_is_disabled_and_counts_down(as_alice, synced, clock):
    a_run(synced, SyncKind.DELTA, status=SyncStatus.DONE, trigger=SyncTrigger.MANUAL, asked_at=NOON)
    clock.shift(timedelta(minutes=14, seconds=59))
    page = panel(as_alice, synced)
    assert is_disabled(page)
    assert "once in 15 minutes" in page
    assert "2026-06-01T12:15:00+00:00" in page, "what the countdown counts to"
    clock.shift(timedelta(seconds=1))
    assert not is_disabled(panel(as_alice, synced))


def command(browser, token):
    """What the device list of a token loads into its commands."""
    return browser.get(reverse("token-sync-panel", args=[token.pk]), {"as": "command"}).content.decode()


def test_sync_4_the_tokens_devices_page_has_the_button_too(as_alice, synced):
    a_device(synced)
    page = as_alice.get(reverse("device-list"), {"token": synced.pk}).content.decode()
    assert f'{reverse("token-sync-panel", args=[synced.pk])}?as=command" hx-trigger="load"' in page
    assert f'formaction="{reverse("token-sync", args=[synced.pk])}">' in command(as_alice, synced)
    assert "as=command" not in as_alice.get(reverse("device-list")).content.decode(), "no token is chosen"
    assert as_alice.get(reverse("device-list"), {"token": "none"}).status_code == 200


def test_sync_4_an_empty_devices_page_has_it(as_alice, synced):
    assert "as=command" in as_alice.get(reverse("device-list"), {"token": synced.pk}).content.decode()


@pytest.mark.parametrize("status", OPEN)
def test_sync_4_there_it_is_disabled_while_any_sync_runs_and_looks_again(as_alice, synced, status):
    a_run(synced, SyncKind.DELTA, status=status, wait_until=NOON, lease_until=NOON)
    said = command(as_alice, synced)
    assert "disabled" in said
    assert "A sync of this token is under way." in said
    assert 'hx-trigger="every 2s"' in said


def test_lim_12_there_it_counts_down_too_in_both_languages(as_alice, synced, clock):
    a_run(synced, SyncKind.DELTA, status=SyncStatus.DONE, trigger=SyncTrigger.MANUAL, asked_at=NOON)
    clock.shift(timedelta(minutes=5))
    said = command(as_alice, synced)
    assert "disabled" in said
    assert "2026-06-01T12:15:00+00:00" in said
    url = reverse("token-sync-panel", args=[synced.pk])
    for query in ({"as": "command"}, {}):
        french = as_alice.get(url, query, headers={"Accept-Language": "fr"}).content.decode()
        assert "Une synchronisation manuelle est possible une fois en 15 minutes." in french


def test_sync_4_three_visitors_of_the_command(as_bob, as_charlie, synced):
    assert "<button" not in command(as_bob, synced)
    url = reverse("token-sync-panel", args=[synced.pk])
    assert as_charlie.get(url, {"as": "command"}).status_code == 404


def test_sync_4_who_may_not_sync_has_no_button(as_bob, synced):
    assert "<button" not in panel(as_bob, synced)


def test_lim_5_a_full_sync_under_way_shows_progress_and_an_estimate_by_what_apple_delivers(as_alice, synced):
    a_run(
        synced,
        status=SyncStatus.RUNNING,
        started_at=NOON - timedelta(minutes=10),
        lease_until=NOON + timedelta(minutes=1),
        pages=30,
        received=30_000,
        expected=90_000,
    )
    page = panel(as_alice, synced)
    for words in ("30 pages", "30,000 devices", "50 per second", "about 20 minutes left", 'value="33"'):
        assert words in page, words


def test_sync_6_what_was_continued_says_so(as_alice, synced):
    first = a_run(
        synced, status=SyncStatus.TIMED_OUT, started_at=NOON - timedelta(minutes=16), finished_at=NOON, pages=9
    )
    second = a_run(synced, trigger=SyncTrigger.CONTINUED, continues=first)
    before = as_alice.get(reverse("sync-run", args=[first.pk])).content.decode()
    after = as_alice.get(reverse("sync-run", args=[second.pk])).content.decode()
    assert reverse("sync-run", args=[second.pk]) in before
    assert reverse("sync-run", args=[first.pk]) in after


def test_sync_10_a_waiting_run_says_for_what_and_until_when(as_alice, synced):
    a_run(
        synced,
        SyncKind.DELTA,
        status=SyncStatus.WAITING,
        started_at=NOON,
        wait_until=NOON + timedelta(minutes=2),
        trouble_sentence="Apple asks to wait.",
    )
    page = panel(as_alice, synced)
    assert "Apple asks to wait." in page
    assert "12:02:00" in page


def test_sync_10_a_token_that_was_never_synced(as_alice, clock):
    page = panel(as_alice, a_token(expires_at=NOON + timedelta(days=9)))
    assert "There was no sync yet." in page
    assert "no cursor yet" in page


def test_lim_4_more_devices_than_recommended_are_said_and_none_is_lost(as_alice, synced, monkeypatch):
    monkeypatch.setattr(limits, "DEVICES_PER_TOKEN", 1)
    a_device(synced)
    a_device(synced)
    page = as_alice.get(reverse("token-detail", args=[synced.pk])).content.decode()
    assert "has 2 devices; at most 1 are recommended" in page.partition("<main")[2]
    assert Token.objects.get().devices.count() == 2
