"""WARN-3: never the same message twice. What goes to and fro over a border is one alert, with its snooze."""

from datetime import timedelta

import pytest

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.models import Alert, Delivery, Licences, SyncRun, SyncStatus, Token
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_run, a_synced_token, a_vpp_token, some_licences

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def licences(clock):
    """Of the Company Portal, one more than few."""
    token = a_vpp_token(name="Lyon", expires_at=WEDNESDAY + timedelta(days=300), read_at=WEDNESDAY)
    return some_licences(token, total=50, free=11)


@pytest.fixture
def an_hour(a_minute, clock):
    """A reading finds so many free, and the clock looks, an hour after the one before."""

    def pass_by(free):
        Licences.objects.update(available=free)
        clock.shift(HOUR)
        return a_minute()

    return pass_by


def alerts():
    return Alert.objects.filter(condition="licences_low")


def test_a_count_that_goes_to_and_fro_each_hour_for_a_day_is_told_once(an_hour, licences, alice, mailbox):
    told = [an_hour(free) for free in [10, 11] * 10]
    assert told == [1] + [0] * 19
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Warning: “Lyon” has 10 of 50 licences of “App 719171358” left"
    assert alerts().get().since == WEDNESDAY + HOUR


def test_a_snooze_outlives_a_moment_in_which_all_was_well(an_hour, licences, alice, mailbox):
    an_hour(10)
    key = alerts().get().key
    snooze_warning(key, until=WEDNESDAY + 3 * DAY, reason="Ordered", by=alice)
    an_hour(11)
    assert alerts().get().ended_at
    an_hour(10)
    (warning,) = [one for one in current_warnings(alice) if one.key == key]
    assert (warning.is_snoozed, warning.snooze.snooze_reason) == (True, "Ordered")


def test_what_was_well_for_a_day_is_told_again(an_hour, licences, alice, mailbox, clock):
    an_hour(10)
    an_hour(11)
    clock.shift(DAY)
    an_hour(10)
    assert alerts().count() == 2
    assert len([mail for mail in mailbox.mails if "licences of" in mail["Subject"]]) == 2


def test_what_nobody_was_told_of_begins_anew(a_minute, clock, alice, mailbox):
    """So that its patience does, too: what was mended at once is no reason to tell the next one without waiting."""
    token = a_synced_token(WEDNESDAY, name="Shops", expires_at=WEDNESDAY + timedelta(days=300))

    def a_sync(status):
        Token.objects.update(synced_at=WEDNESDAY)
        SyncRun.objects.all().delete()
        a_run(token, status=status, asked_at=WEDNESDAY, finished_at=WEDNESDAY)
        clock.shift(MINUTE)
        return a_minute()

    assert [a_sync(status) for status in (SyncStatus.FAILED, SyncStatus.DONE)] == [0, 0]
    clock.shift(2 * HOUR)
    assert a_sync(SyncStatus.FAILED) == 0
    clock.shift(30 * MINUTE)
    assert a_minute() == 1
    assert Alert.objects.filter(condition="sync_failed").count() == 2


def test_a_sync_that_fails_and_runs_out_of_time_by_turns_is_told_once(a_minute, clock, alice, mailbox):
    token = a_synced_token(WEDNESDAY, name="Shops", expires_at=WEDNESDAY + timedelta(days=300))
    told = []
    for place in range(6):
        status = SyncStatus.TIMED_OUT if place % 2 else SyncStatus.FAILED
        a_run(token, status=status, finished_at=WEDNESDAY + place * HOUR)
        clock.move_to(WEDNESDAY + place * HOUR)
        a_minute()
        clock.shift(40 * MINUTE)
        told.append(a_minute())
    assert told == [1, 0, 0, 0, 0, 0]
    assert Alert.objects.filter(condition="sync_failed").count() == 1


def test_another_day_without_a_sync_is_told_again(a_minute, clock, alice, mailbox):
    """It takes a day to hold: what comes back after a day is no flutter."""
    a_synced_token(WEDNESDAY, name="Shops", expires_at=WEDNESDAY + timedelta(days=300))
    for _day in range(2):
        clock.shift(DAY)
        a_minute()
        clock.shift(HOUR)
        assert a_minute() == 1
        clock.shift(MINUTE)
        Token.objects.update(synced_at=WEDNESDAY + (_day + 1) * (DAY + HOUR + MINUTE))
        a_minute()
    assert Alert.objects.filter(condition="no_sync").count() == 2


def test_who_snoozes_it_before_the_clock_has_looked_keeps_what_was_told(an_hour, licences, alice, mailbox, clock):
    an_hour(10)
    an_hour(11)
    clock.shift(MINUTE)
    over = alerts().get()
    Licences.objects.update(available=9)
    (warning,) = [one for one in current_warnings(alice) if one.condition.id == "licences_low"]
    assert keep_alert(warning).pk == over.pk
    assert alerts().get().ended_at is None
    assert Delivery.objects.filter(alert=over).count() == 1
