from dataclasses import dataclass

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from enrollment.actions.access.mail_password_link import mail_password_link
from enrollment.actions.access.what_may_be_given import AccessRefused, check_not_stronger
from enrollment.models import AuditEntry, Person

CANNOT_SIGN_IN = gettext_noop("“%(person)s” does not sign in: a link for a password would be of no use.")


@dataclass(frozen=True)
class Invitation:
    """A link to choose a password, good once and for some days; `is_mailed` when it was sent to them."""

    link: str
    days: int
    is_mailed: bool


def invite_person(person: Person, *, by: Person | None) -> Invitation:
    """Let somebody choose a password, their first or a new one: nobody else ever knows it. AccessRefused."""
    check_not_stronger(person, by=by)
    if not person.may_sign_in:
        raise AccessRefused(CANNOT_SIGN_IN, person=str(person))
    secret = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    link = settings.BASE_URL + reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), secret])
    AuditEntry.record("person.invited", person, by=by, email=person.email)
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return Invitation(link, days, bool(person.email) and mail_password_link(person, link))
