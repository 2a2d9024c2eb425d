from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.what_may_be_given import (
    AccessRefused,
    check_a_manager_is_left,
    check_not_stronger,
    is_manager,
    one_at_a_time,
)
from enrollment.models import AuditEntry, Person

YOURSELF = gettext_noop("You cannot deactivate yourself. Ask another administrator.")


def deactivate_person(person: Person, *, by: Person | None) -> None:
    """They come in no more, nor does any of their keys, and they are signed out everywhere. AccessRefused."""
    if by is not None and person.pk == by.pk:
        raise AccessRefused(YOURSELF)
    with transaction.atomic():
        one_at_a_time()
        check_not_stronger(person, by=by)
        was_manager = is_manager(person)
        if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            return
        if was_manager:
            check_a_manager_is_left()
        AuditEntry.record("person.deactivated", person, by=by)
        end_sessions(person, by=by)
    person.is_active = False
