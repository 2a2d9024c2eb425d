import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from enrollment.actions.warnings.expiries import Expiry, expiries
from enrollment.models import Installation, Person

AHEAD, BEHIND = timedelta(days=731), timedelta(days=366)
READ_EVERY = timedelta(hours=12)
# At nine in the morning, so many days before: what counts backwards begins at the midnight the day itself begins with.
ALARMS = (timedelta(days=-30, hours=9), timedelta(days=-7, hours=9))
_FIRST_DAY = date(2000, 1, 1)
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_calendar(person: Person, now: datetime) -> bytes:
    """What expires of what a person sees, from a year ago to two years ahead, as iCalendar (RFC 5545, RFC 7986).

    In the language that is active. The same object is the same event for as long as it lives, and moves when it is
    renewed.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Pomona//Expiries//{(get_language() or 'en').upper()}")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _("What expires in Pomona"))
    calendar.add("refresh-interval", READ_EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", f"PT{READ_EVERY // timedelta(hours=1)}H")
    installation = Installation.this().org_magic
    for expiry in expiries(person, now + AHEAD):
        if expiry.expires_at >= now - BEHIND:
            calendar.add_component(_event(expiry, installation, now))
    written: bytes = calendar.to_ical()
    return written


def _event(expiry: Expiry, installation: UUID, now: datetime) -> Event:
    day = timezone.localdate(expiry.expires_at)
    event = Event()
    event.add("uid", str(uuid5(installation, expiry.key)))
    event.add("dtstamp", now)
    # Nothing is renewed to an earlier day, so the day is a number that only grows when the event moves.
    event.add("sequence", (day - _FIRST_DAY).days)
    if expiry.known_since:
        event.add("last-modified", expiry.known_since)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _plain(expiry.sentence))
    event.add("description", _description(expiry))
    event.add("url", settings.BASE_URL + expiry.link)
    event.add("categories", [str(expiry.kind.label)])
    event.add("transp", "TRANSPARENT")
    for alarm in _alarms(expiry, day, now):
        event.add_component(alarm)
    return event


def _description(expiry: Expiry) -> str:
    at = timezone.localtime(expiry.expires_at)
    exactly = _("Exactly: %(time)s (%(zone)s)") % {"time": date_format(at, "DATETIME_FORMAT"), "zone": at.tzname()}
    return f"{_plain(expiry.remedy)}\n\n{exactly}\n{settings.BASE_URL}{expiry.link}"


def _plain(text: str) -> str:
    """In one line, without characters that no calendar may hold: a name can have any."""
    return _NO_TEXT.sub(" ", text)


def _alarms(expiry: Expiry, day: date, now: datetime) -> Iterator[Alarm]:
    """Those that lie ahead."""
    for before in ALARMS:
        if day + before > timezone.localdate(now):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", _plain(expiry.sentence))
            alarm.add("trigger", before)
            yield alarm
