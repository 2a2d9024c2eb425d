from datetime import timedelta

from django.utils import timezone

from enrollment import limits
from enrollment.models import AuditEntry, AuditResult, Person

MINUTE = timedelta(minutes=1)


def note_refused_access(person: Person, *, page: str, method: str, address: str) -> bool:
    """Tell that somebody tried what they may not; whether it was told. A flood of tries is told by its first ones."""
    since = timezone.now() - MINUTE
    told = AuditEntry.objects.filter(action="access.refused", person=person.pk, at__gt=since).count()
    if told >= limits.REFUSALS_TOLD_PER_MINUTE:
        return False
    AuditEntry.record(
        "access.refused", person, by=person, result=AuditResult.REFUSED, page=page, method=method, address=address[:250]
    )
    return True
