"""How somebody signs in, for who administers them."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from enrollment.models.person import Person


@dataclass(frozen=True)
class WaysIn:
    """Whether with a password, with how many second factors, and where they are now."""

    has_password: bool
    factors: int
    sessions: int


def ways_in(person: Person) -> WaysIn:
    """Recovery codes only stand in for a factor."""
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return WaysIn(person.has_usable_password(), factors.count(), UserSession.objects.filter(user=person).count())
