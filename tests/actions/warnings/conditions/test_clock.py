"""The clock that looks for what is due has stopped."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from enrollment import tasks
from enrollment.models import Installation, Severity
from tests.actions.warnings.conditions.holding import START, holding, the
from tests.cast import a_synced_token

pytestmark = pytest.mark.django_db
MINUTES, SECOND = timedelta(minutes=10), timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def test_it_has_stopped_when_it_has_not_looked_for_more_than_ten_minutes(clock):
    Installation.note_clock(START)
    clock.shift(MINUTES)
    assert holding("clock_stopped") == []
    clock.shift(SECOND)
    warning = the("clock_stopped")
    assert (warning.severity, warning.since, warning.about) == (Severity.UNHEALTHY, START, None)
    assert warning.key == "clock_stopped.installation"
    assert "on 1 January 2026, 08:00" in warning.sentence


def test_every_minute_it_writes_down_that_it_has_looked(clock):
    Installation.note_clock(START - timedelta(days=3))
    assert holding("clock_stopped")
    tasks.every_minute()
    assert Installation.clock_looked_at() == START
    assert holding("clock_stopped") == []


def test_where_it_never_ran_it_is_missed_from_the_first_token_on(clock):
    assert holding("clock_stopped") == [], "there is nothing to look for"
    clock.shift(timedelta(days=1))
    a_synced_token(START)
    clock.shift(MINUTES)
    assert holding("clock_stopped") == [], "a fresh start has its first minutes"
    clock.shift(SECOND)
    a_synced_token(START)
    warning = the("clock_stopped")
    assert warning.since == START + timedelta(days=1)
    assert warning.sentence == "The clock has never run: nothing is synced, assigned or sent by itself."


def test_it_is_told_to_those_alone_who_look_after_the_installation(clock, alice, bob, charlie):
    Installation.note_clock(START - timedelta(days=1))
    assert holding("clock_stopped", alice)
    assert holding("clock_stopped", bob) == [], "he manages nothing"
    assert holding("clock_stopped", charlie) == [], "he sees a part of it"


def test_it_speaks_french(clock):
    Installation.note_clock(START - timedelta(days=1))
    with override("fr"):
        assert the("clock_stopped").sentence.startswith("L'horloge s'est arrêtée le 31 décembre 2025")
        assert "manage.py serve" in the("clock_stopped").remedy
