from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.actions.warnings.conditions.expiry import expiry_step
from enrollment.models import Notice, Permission, Person, Token
from enrollment.permissions import may

log = structlog.get_logger(__name__)
MOST_TRIES = 10
EXPIRED = 0


def send_notices() -> int:
    """One mail per step of a token's expiry to each person who may renew it; how many went out (WARN-3)."""
    now = timezone.now()
    soon = now + timedelta(days=max(limits.EXPIRY_WARNING_DAYS))
    for token in Token.objects.filter(expires_at__lte=soon):
        _note(token, now)
    due = Notice.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), sent_at=None, tries__lt=MOST_TRIES)
    return sum(_send(notice, now) for notice in due.select_related("token", "person") if _concerns(notice))


def _concerns(notice: Notice) -> bool:
    """Who has lost the role or the scope since is told nothing any more."""
    return may(notice.person, Permission.UPDATE_TOKEN) and _sees(notice.person, notice.token)


def _sees(person: Person, token: Token) -> bool:
    return Token.objects.visible_to(person).filter(pk=token.pk).exists()


def _note(token: Token, now: datetime) -> None:
    """The row comes before the mail: whoever writes it first sends it, and nobody twice."""
    step = expiry_step(token.expires_at, now)
    people = Person.objects.who_may(Permission.UPDATE_TOKEN).exclude(email="")
    visible = [person for person in people if _sees(person, token)]
    Notice.objects.bulk_create(
        [Notice(token=token, person=person, days=step or 0, expires_at=token.expires_at) for person in visible],
        ignore_conflicts=True,
    )


def _send(notice: Notice, now: datetime) -> bool:
    # Claimed by a conditional update, so that two clocks do not send the same mail; a failure comes again later.
    pause = timedelta(minutes=min(2**notice.tries, 360))
    claimed = Notice.objects.filter(pk=notice.pk, sent_at=None, tries=notice.tries)
    if not claimed.update(tries=F("tries") + 1, next_try_at=now + pause):
        return False
    try:
        _mail(notice).send()
    except OSError as error:
        log.warning("a mail could not be sent; it is tried again", token=notice.token_id, error=str(error))
        return False
    Notice.objects.filter(pk=notice.pk).update(sent_at=now)
    return True


def _mail(notice: Notice) -> EmailMultiAlternatives:
    """In the person's language, as text and as HTML."""
    with translation.override(notice.person.language or settings.LANGUAGE_CODE):
        values = {
            "token": notice.token,
            "person": notice.person,
            "has_expired": notice.days == EXPIRED,
            "days": notice.days,
            "link": settings.BASE_URL + reverse("token-detail", args=[notice.token_id]),
        }
        about = (
            _("The token “%(name)s” has expired") if notice.days == EXPIRED else _("The token “%(name)s” expires soon")
        )
        mail = EmailMultiAlternatives(
            about % {"name": notice.token.name}, render_to_string("mail/expiry.txt", values), to=[notice.person.email]
        )
        mail.attach_alternative(render_to_string("mail/expiry.html", values), "text/html")
    return mail
