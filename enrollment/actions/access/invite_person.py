from dataclasses import dataclass

import structlog
from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused, check_not_stronger
from enrollment.models import AuditEntry, Person

log = structlog.get_logger(__name__)

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
    return Invitation(link, days, bool(person.email) and _send(person, link, days))


def _send(person: Person, link: str, days: int) -> bool:
    """In the person's language; whoever asked still has the link when the mail does not go out."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        values = {"person": person, "link": link, "days": days, "is_new": not person.has_usable_password()}
        about = _("Your account at Pomona") if values["is_new"] else _("A new password at Pomona")
        mail = EmailMultiAlternatives(about, render_to_string("mail/invitation.txt", values), to=[person.email])
        mail.attach_alternative(render_to_string("mail/invitation.html", values), "text/html")
    try:
        mail.send()
    except OSError as error:
        log.warning("an invitation could not be sent", person=person.pk, error=str(error))
        return False
    return True
