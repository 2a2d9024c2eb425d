from django.db import transaction

from enrollment.actions.access.what_may_be_given import check_not_stronger, check_tags
from enrollment.models import AuditEntry, Person


def activate_person(person: Person, *, by: Person | None) -> None:
    """They may come in again, with the roles and keys they had. AccessRefused when that is more than one's own."""
    check_not_stronger(person, by=by)
    if by is not None:
        check_tags(list(person.scope_tags.all()), by=by)
    with transaction.atomic():
        if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            AuditEntry.record("person.activated", person, by=by)
    person.is_active = True
