"""SYNC-10: the detail of a run: where its time went, what Apple was asked, the first changes of each kind."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.models import ChangeKind, SyncChange, SyncKind, SyncPhase, SyncRun, SyncStatus
from enrollment.web.sync_runs import phase_shares
from tests.cast import a_run, a_token

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINE = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)


def synced(token, kind=SyncKind.FULL):
    token.refresh_from_db()
    run = a_run(token, kind)
    sync_devices(run)
    run.refresh_from_db()
    assert run.status == SyncStatus.DONE
    return run


def told(run, kind):
    return {change.serial: change.differences for change in run.changes.filter(kind=kind)}


def test_a_full_sync_tells_the_first_hundred_it_added_and_counts_all(token, world, server):
    world.add_devices(server, 1_250)
    run = synced(token)
    assert run.added == 1_250
    assert len(told(run, ChangeKind.ADDED)) == limits.CHANGES_TOLD
    assert set(told(run, ChangeKind.ADDED)) <= set(token.devices.values_list("serial", flat=True))
    assert not synced(token).changes.exists(), "a sync that changes nothing tells nothing"


@pytest.mark.parametrize("kind", SyncKind)
def test_what_changed_is_told_with_before_and_after(token, world, server, kind):
    first, second, third = world.add_devices(server, 3)
    synced(token)
    world.set_migration_deadline(first, DEADLINE)
    world.unassign(second)
    added = world.add_devices(server, 1)
    run = synced(token, kind)
    assert told(run, ChangeKind.UPDATED) == {first: {"migration_deadline": ["", "2027-01-31 12:00:00"]}}
    assert list(told(run, ChangeKind.RELEASED)) == [second]
    assert list(told(run, ChangeKind.ADDED)) == added
    assert third not in run.changes.values_list("serial", flat=True)


def test_a_device_that_came_back_is_told_as_such(token, world, server):
    (serial,) = world.add_devices(server, 1)
    synced(token)
    world.unassign(serial)
    synced(token, SyncKind.DELTA)
    world.assign(serial, server)
    before, after = told(synced(token, SyncKind.DELTA), ChangeKind.UPDATED)[serial]["released_at"]
    assert before
    assert after == ""


@pytest.mark.parametrize("kind", SyncKind)
def test_no_more_than_a_hundred_released_are_told(token, world, server, kind):
    serials = world.add_devices(server, 130)
    synced(token)
    world.unassign(serials)
    run = synced(token, kind)
    assert run.released == 130
    assert len(told(run, ChangeKind.RELEASED)) == limits.CHANGES_TOLD


def test_requests_and_phases_are_counted(token, world, server, apple):
    world.add_devices(server, 2_500)
    run = synced(token)
    assert run.requests == 3 + 1, "three pages and a session"
    assert {SyncPhase.ASKING, SyncPhase.STORING, SyncPhase.CLOSING} <= set(run.phases)
    assert run.phases[SyncPhase.ASKING] > 0
    assert run.phases[SyncPhase.STORING] > 0
    assert all(seconds >= 0 for seconds in run.phases.values())


def a_finished(seconds, phases):
    now = timezone.now()
    return SyncRun(started_at=now - timedelta(seconds=seconds), finished_at=now, phases=phases)


def test_the_shares_fill_the_bar_and_waiting_is_what_is_left():
    shares = phase_shares(a_finished(10, {"asking": 4.0, "storing": 1.0}))
    assert [share.seconds for share in shares] == [4.0, 1.0, 0.0, 0.0, 5.0]
    assert sum(share.width for share in shares) == pytest.approx(1000)
    assert shares[-1].x == pytest.approx(500)


@pytest.mark.parametrize(("seconds", "phases"), [(0, {}), (1, {"asking": 2.0})])
def test_a_clock_that_was_set_back_does_no_harm(seconds, phases):
    assert all(share.width >= 0 and share.seconds >= 0 for share in phase_shares(a_finished(seconds, phases)))


def test_the_page_shows_it_all_in_words(token, world, server, as_alice, as_bob):
    (serial,) = world.add_devices(server, 1)
    synced(token)
    world.set_migration_deadline(serial, DEADLINE)
    run = synced(token)
    page = as_alice.get(reverse("sync-run", args=[run.pk])).content.decode()
    assert reverse("device-detail", args=[token.devices.get().pk]) in page
    for words in ("Migration deadline", serial, "Requests to Apple", "Asking Apple", "Where the time went"):
        assert words in page
    assert as_bob.get(reverse("sync-run", args=[run.pk])).status_code == 200


def a_run_that_updated(count, **changes):
    """So many devices, two columns each."""
    run = a_run(a_token(), SyncKind.DELTA, status=SyncStatus.DONE, updated=count, **changes)
    differences = {"asset_tag": ["", "A-1"], "apple_profile_status": ["assigned", "pushed"]}
    SyncChange.objects.bulk_create(
        SyncChange(run=run, kind=ChangeKind.UPDATED, serial=f"SERIAL{number:03}", differences=differences)
        for number in range(min(count, limits.CHANGES_TOLD))
    )
    return run


def page_of(run, browser, language="en"):
    return browser.get(reverse("sync-run", args=[run.pk]), headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Show 52 more"), ("fr", "Afficher 52 de plus")])
def test_a_long_list_of_changes_shows_ten_and_folds_the_rest(as_alice, language, words):
    page = page_of(a_run_that_updated(62), as_alice, language)
    open_, folded = page[: page.index("<details")], page[page.index("<details") : page.index("</details>")]
    assert (open_.count("SERIAL"), folded.count("SERIAL")) == (10, 52)
    assert words in folded


def test_a_short_list_of_changes_folds_nothing(as_alice):
    assert "<details" not in page_of(a_run_that_updated(10), as_alice)
    assert "Show 1 more" in page_of(a_run_that_updated(11), as_alice)


def test_each_changed_column_is_a_line_with_before_and_after_in_words(as_alice):
    page = page_of(a_run_that_updated(1), as_alice)
    lines = [re.sub(r"<[^>]+>|\s+", " ", line).split() for line in re.findall(r"<p>.*?</p>", page) if "→" in line]
    assert [" ".join(line) for line in lines] == ["Asset tag – → A-1", "Profile status Assigned → Pushed"]


def test_what_is_more_than_is_told_says_so(as_alice):
    page = page_of(a_run_that_updated(250), as_alice)
    assert "Show 90 more" in page
    assert "The first 100 are shown." in page


def test_a_run_that_has_not_begun_has_a_page(as_alice):
    run = a_run(a_token(), SyncKind.FULL)
    assert as_alice.get(reverse("sync-run", args=[run.pk])).status_code == 200
