"""How somebody signs in or is read from without, for who administers them."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from enrollment.models.calendar_feed import CalendarFeed
from enrollment.models.person import Person


@dataclass(frozen=True)
class WaysIn:
    """Whether with a password, with how many second factors, where they are now, and what their calendar reads."""

    has_password: bool
    factors: int
    sessions: int
    calendar: CalendarFeed | None


def ways_in(person: Person) -> WaysIn:
    """Recovery codes only stand in for a factor."""
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return WaysIn(
        has_password=person.has_usable_password(),
        factors=factors.count(),
        sessions=UserSession.objects.filter(user=person).count(),
        calendar=CalendarFeed.objects.filter(person=person).first(),
    )
