from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import AuditEntry, CalendarFeed, Person
from enrollment.models.api_key import hash_key
from enrollment.models.calendar_feed import make_address

NO_CALENDAR = gettext_noop("A program has no calendar: somebody who signs in makes the address.")
LESS = gettext_noop("This key is less than its person, and the calendar would show more than the key sees.")


def make_calendar_address(person: Person) -> str:
    """The secret of a person's calendar address, returned once; one they had before reads nothing any more (WARN-4).

    AccessRefused for programs, and for a key that sees less than the calendar would show.
    """
    check_may_have_calendar(person)
    secret = make_address()
    values = {"hashed_address": hash_key(secret), "created_at": timezone.now(), "last_read_at": None}
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(person=person, defaults=values)
        AuditEntry.record("person.calendar_made", person, by=person)
    return secret


def check_may_have_calendar(person: Person) -> None:
    """AccessRefused unless an address is theirs to make and to revoke, with what they came with."""
    if person.is_service:
        raise AccessRefused(NO_CALENDAR)
    if person.key and person.key.is_less:
        raise AccessRefused(LESS)
