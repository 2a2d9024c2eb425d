from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.db import transaction

from enrollment.actions.access.what_may_be_given import check_not_stronger
from enrollment.models import AuditEntry, Person


def end_sessions(person: Person, *, by: Person | None, sessions: Iterable[UserSession] | None = None) -> int:
    """Sign the person out everywhere, or out of these sessions of theirs; how many there were. AccessRefused."""
    check_not_stronger(person, by=by)
    ended = list(UserSession.objects.filter(user=person) if sessions is None else sessions)
    with transaction.atomic():
        for session in ended:
            session.end()
        if ended:
            AuditEntry.record("person.sessions_ended", person, by=by, count=len(ended))
    return len(ended)
