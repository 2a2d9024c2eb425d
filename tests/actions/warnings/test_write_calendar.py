"""WARN-4: what is written is iCalendar, by the word of two parsers that know nothing of each other."""

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.utils import timezone, translation
from ical.calendar_stream import IcsCalendarStream

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.warnings.write_calendar import write_calendar
from enrollment.models import Person
from tests.cast import a_profile, a_stored_certificate, a_token, a_vpp_token

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
STRANGE = 'Läden, "Nord"; Süd\\Ost 🍏 ' + "é" * 60


@pytest.fixture(autouse=True)
def new_year():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def within(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def written(person: Person) -> bytes:
    return write_calendar(person, timezone.now())


def events(person: Person) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(written(person)).walk("VEVENT")


def one_of_everything(person: Person) -> None:
    make_api_key(person, name="Night job", by=person, days=30)
    a_vpp_token(name="Licences", days=20)
    a_profile(a_token(name=STRANGE, expires_at=within(40)), anchor_certificates=[a_stored_certificate("CA", days=50)])


def test_two_parsers_read_the_same(alice):
    one_of_everything(alice)
    text = written(alice)
    first = icalendar.Calendar.from_ical(text)
    second = IcsCalendarStream.calendar_from_ics(text.decode())
    assert [e.errors for e in first.walk()] == [[]] * len(first.walk())
    told = [
        "The VPP token “Licences” expires",
        "The API key “Night job” expires",
        f"The token “{STRANGE}” expires",
        "The certificate “CA” expires",
    ]
    assert [str(event["summary"]) for event in first.walk("VEVENT")] == told
    assert [event.summary for event in second.events] == told
    assert [event["dtstart"].dt for event in first.walk("VEVENT")] == [event.dtstart for event in second.events]
    assert [str(event["uid"]) for event in first.walk("VEVENT")] == [event.uid for event in second.events]
    assert all(event.dtend - event.dtstart == timedelta(days=1) for event in second.events)
    assert second.prodid == "-//Pomona//Expiries//EN"


def test_lines_are_folded_and_end_as_the_standard_says(alice):
    one_of_everything(alice)
    text = written(alice)
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


def test_what_no_calendar_may_hold_is_left_out_of_names(alice):
    """Some parsers end a line at each of these."""
    a_token(name="A\x01B\x0bATTACH:x\x85C\u2028D\rE\x7fF")
    (event,) = events(alice)
    assert event["summary"] == "The token “A B ATTACH:x C D E F” expires"
    assert not re.search(r"[^\r\n\x20-\x7e\xa0-\u2027\u202a-\U0010ffff]", written(alice).decode())


def test_an_event_tells_what_to_do_where_and_when_exactly(alice, settings):
    settings.BASE_URL = "https://pomona.example"
    token = a_token(name="Shops", expires_at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC))
    (event,) = events(alice)
    link = f"https://pomona.example/tokens/{token.pk}/"
    assert event["dtstart"].dt == date(2026, 3, 5)
    assert event["url"] == link
    assert event["transp"] == "TRANSPARENT"
    assert "Renew it before then" in event["description"]
    assert "March 5, 2026, 11:30 p.m. (UTC)" in event["description"]
    assert event["description"].endswith(link)

    settings.TIME_ZONE = "Europe/Paris"
    with timezone.override("Europe/Paris"):
        (event,) = events(alice)
    assert event["dtstart"].dt == date(2026, 3, 6), "the day is that of the installation"
    assert "March 6, 2026, 12:30 a.m. (CET)" in event["description"]


def test_it_reminds_a_month_and_a_week_before_in_the_morning(alice, new_year):
    a_token(expires_at=datetime(2026, 3, 31, 12, 0, tzinfo=UTC))

    def reminders() -> list[datetime]:
        midnight = datetime(2026, 3, 31, tzinfo=UTC)
        (event,) = events(alice)
        return [midnight + alarm["trigger"].dt for alarm in event.walk("VALARM")]

    assert reminders() == [datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 24, 9, tzinfo=UTC)]
    new_year.move_to(datetime(2026, 3, 10, tzinfo=UTC))
    assert reminders() == [datetime(2026, 3, 24, 9, tzinfo=UTC)]
    new_year.move_to(datetime(2026, 4, 10, tzinfo=UTC))
    assert reminders() == []


def test_a_renewed_token_is_the_same_event_on_another_day(alice, new_year):
    token = a_token(name="Shops", expires_at=within(5))
    (before,) = events(alice)
    new_year.shift(timedelta(days=3))
    (unchanged,) = events(alice)
    token.name, token.expires_at = "Shops and more", within(365)
    token.save()
    (after,) = events(alice)
    assert before["uid"] == unchanged["uid"] == after["uid"]
    assert before["sequence"] == unchanged["sequence"] < after["sequence"]
    assert before["last-modified"].dt == unchanged["last-modified"].dt < after["last-modified"].dt == timezone.now()
    assert after["dtstamp"].dt == timezone.now()


def test_another_installation_has_other_events(alice):
    a_token(expires_at=within(5))
    (ours,) = events(alice)
    from enrollment.models import Installation

    Installation.objects.update(org_magic="7d5f8b1e-0000-4000-8000-000000000000")
    (theirs,) = events(alice)
    assert ours["uid"] != theirs["uid"]


def test_it_reaches_from_a_year_ago_to_two_years_ahead(alice):
    for days in (-370, -360, 0, 725, 735):
        a_token(name=f"In {days} days", expires_at=within(days))
    assert [str(event["summary"]) for event in events(alice)] == [
        f"The token “In {days} days” expires" for days in (-360, 0, 725)
    ]


def test_nothing_is_a_calendar_too(alice):
    assert events(alice) == []
    assert IcsCalendarStream.calendar_from_ics(written(alice).decode()).events == []


def test_it_says_how_often_to_read_it_and_what_it_is_called(alice):
    calendar = icalendar.Calendar.from_ical(written(alice))
    assert calendar["refresh-interval"].dt == timedelta(hours=12)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H" in written(alice)
    assert b"X-PUBLISHED-TTL:PT12H" in written(alice)
    with translation.override("fr"):
        calendar = icalendar.Calendar.from_ical(written(alice))
    assert calendar["x-wr-calname"] == calendar["name"] == "Ce qui expire dans Pomona"
    assert calendar["prodid"] == "-//Pomona//Expiries//FR"
