from django.db import transaction

from enrollment.actions.access.what_may_be_given import check_not_stronger
from enrollment.actions.warnings.make_calendar_address import check_may_have_calendar
from enrollment.models import AuditEntry, CalendarFeed, Person


def revoke_calendar_address(person: Person, *, by: Person | None) -> None:
    """From now on the person's address reads nothing, for ever. AccessRefused.

    One's own is revoked by who may make it, somebody else's by who may change them.
    """
    if by is not None and by.pk == person.pk:
        check_may_have_calendar(by)
    else:
        check_not_stronger(person, by=by)
    with transaction.atomic():
        gone, _by_model = CalendarFeed.objects.filter(person=person).delete()
        if gone:
            AuditEntry.record("person.calendar_revoked", person, by=by)
