import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from enrollment.models import Person

log = structlog.get_logger(__name__)


def mail_password_link(person: Person, link: str, *, to: str = "", was_asked: bool = False) -> bool:
    """Mail the link to choose a password, in the person's language; False when the mail does not go out.

    `was_asked`: somebody who has forgotten the password asked for it; otherwise it was an administrator.
    """
    with translation.override(person.language or settings.LANGUAGE_CODE):
        is_new = not person.has_usable_password()
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        values = {"person": person, "link": link, "days": days, "is_new": is_new, "was_asked": was_asked}
        about = _("Your account at Pomona") if is_new else _("A new password at Pomona")
        text = render_to_string("mail/password_link.txt", values)
        mail = EmailMultiAlternatives(about, text, to=[to or person.email])
        mail.attach_alternative(render_to_string("mail/password_link.html", values), "text/html")
    try:
        mail.send()
    except OSError as error:
        log.warning("a link for a password could not be mailed", person=person.pk, error=str(error))
        return False
    return True
