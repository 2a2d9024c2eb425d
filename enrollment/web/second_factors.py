"""The second factors of people: which they have, when they need one, and how their secrets are kept."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.models import Installation, Person
from enrollment.models.sealed_text import seal, unseal

PROOFS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of them


class SecondFactors(DefaultMFAAdapter):
    """Secrets are kept as all others are: under the key ring."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is wrong, was used already, or is too old. Try again with a new one."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "Pomona"

    def get_totp_label(self, user: Person) -> str:
        return user.username

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}


def has_second_factor(person: Person) -> bool:
    return Authenticator.objects.filter(user=person, type__in=PROOFS).exists()


def other_sessions(request: HttpRequest) -> QuerySet[UserSession]:
    """Those of the same person in other browsers."""
    return UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether the person came with a password alone though the installation asks for more.

    Whoever came through the provider is the provider's to check.
    """
    person = request.user
    ways = {record.get("method") for record in get_authentication_records(request, person)}
    if "socialaccount" in ways or not Installation.objects.filter(requires_mfa=True).exists():
        return False
    return not has_second_factor(person)
