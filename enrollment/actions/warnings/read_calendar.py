from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from enrollment.actions.warnings.write_calendar import write_calendar
from enrollment.models import CalendarFeed

# "Last read" is for people; it need not cost a write with every request.
LAST_READ_EVERY = timedelta(minutes=1)


def read_calendar(secret: str) -> bytes | None:
    """What stands now in the calendar of this address, in its person's language; None when it is nobody's (WARN-4)."""
    feed = CalendarFeed.objects.find(secret)
    if feed is None:
        return None
    now = timezone.now()
    _note_read(feed, now)
    with translation.override(feed.person.language or settings.LANGUAGE_CODE):
        return write_calendar(feed.person, now)


def _note_read(feed: CalendarFeed, now: datetime) -> None:
    long_ago = Q(last_read_at=None) | Q(last_read_at__lt=now - LAST_READ_EVERY)
    CalendarFeed.objects.filter(long_ago, pk=feed.pk, hashed_address=feed.hashed_address).update(last_read_at=now)
