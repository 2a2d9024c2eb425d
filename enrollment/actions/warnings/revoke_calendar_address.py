from django.db import transaction

from enrollment.actions.warnings.make_calendar_address import check_may_have_calendar
from enrollment.models import AuditEntry, CalendarFeed, Person


def revoke_calendar_address(person: Person) -> None:
    """From now on the person's address reads nothing, for ever. AccessRefused as when it is made."""
    check_may_have_calendar(person)
    with transaction.atomic():
        gone, _by_model = CalendarFeed.objects.filter(person=person).delete()
        if gone:
            AuditEntry.record("person.calendar_revoked", person, by=person)
