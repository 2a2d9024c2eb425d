from allauth.mfa.models import Authenticator
from django.db import transaction

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.what_may_be_given import check_not_stronger
from enrollment.models import AuditEntry, Person


def remove_factors(person: Person, *, by: Person | None) -> int:
    """Somebody lost their telephone: all second factors and recovery codes go, and they are signed out everywhere."""
    check_not_stronger(person, by=by)
    factors = Authenticator.objects.filter(user=person)
    with transaction.atomic():
        kinds = sorted(factors.values_list("type", flat=True))
        if not kinds:
            return 0
        factors.delete()
        AuditEntry.record("person.factors_removed", person, by=by, before={"factors": kinds})
        end_sessions(person, by=by)
    return len(kinds)
