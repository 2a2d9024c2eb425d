from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, Person
from enrollment.models.audit_entry import AuditResult, origin

ONCE_IN = timedelta(minutes=1)


def note_failed_sign_in(name: str, *, with_factor: bool = False) -> None:
    """Somebody tried to be this person and was not believed.

    At most one entry a minute for a name and an address, so that a flood fills no log. A name nobody has is not
    repeated: what is typed there by mistake is often a password.
    """
    person = Person.objects.filter(username__iexact=name).first()
    action = "person.second_factor_failed" if with_factor else "person.sign_in_failed"
    with transaction.atomic():
        told = AuditEntry.objects.filter(
            at__gte=timezone.now() - ONCE_IN,
            action=action,
            object_id=person.pk if person else None,
            origin=origin.get()[:100],
        )
        if not told.exists():
            AuditEntry.record(action, person or Person, by=None, result=AuditResult.REFUSED)
