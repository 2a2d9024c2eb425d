from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from enrollment import limits
from enrollment.actions.warnings.expiry_step import EXPIRED, expiry_step
from enrollment.models import Person, Token, TokenStatus

SEVERE_DAYS = 7
TROUBLES = {
    TokenStatus.REJECTED: gettext_noop("Apple rejects the token “%(name)s”: renew it."),
    TokenStatus.TERMS_NOT_SIGNED: gettext_noop("Apple's new terms must be accepted for “%(name)s”."),
    TokenStatus.UNREACHABLE: gettext_noop("Apple cannot be reached for “%(name)s”."),
}


@dataclass(frozen=True)
class TokenWarning:
    """Something a person should know: how bad ("danger", "warning"), a sentence, and about which token."""

    level: str
    sentence: str
    token: Token


def current_warnings(person: Person) -> list[TokenWarning]:
    """What needs attention among the tokens the person sees, the worst first."""
    now = timezone.now()
    soon = now + max(timedelta(days=days) for days in limits.EXPIRY_WARNING_DAYS)
    tokens = Token.objects.visible_to(person)
    found = [*_expiries(tokens.filter(expires_at__lte=soon).order_by("expires_at"), now)]
    for token in tokens.in_status(*TROUBLES):
        status = token.status
        level = "warning" if status == TokenStatus.UNREACHABLE else "danger"
        found.append(TokenWarning(level, _(TROUBLES[status]) % {"name": token.name}, token))
    return sorted(found, key=lambda warning: warning.level != "danger")


def _expiries(tokens: Iterable[Token], now: datetime) -> list[TokenWarning]:
    return [_expiry(token, step) for token in tokens if (step := expiry_step(token, now)) is not None]


def _expiry(token: Token, step: int) -> TokenWarning:
    if step == EXPIRED:
        return TokenWarning("danger", _("The token “%(name)s” has expired.") % {"name": token.name}, token)
    sentence = ngettext(
        "The token “%(name)s” expires within a day.", "The token “%(name)s” expires in %(days)d days.", token.days_left
    )
    level = "danger" if step <= SEVERE_DAYS else "warning"
    return TokenWarning(level, sentence % {"name": token.name, "days": token.days_left}, token)
