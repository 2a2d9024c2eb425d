from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from enrollment import limits
from enrollment.actions.warnings.expiry_step import EXPIRED, expiry_step
from enrollment.models import Operation, OperationStatus, Permission, Person, Token, TokenStatus
from enrollment.models.token import TokenQuerySet
from enrollment.permissions import may

SEVERE_DAYS = 7
TROUBLES = {
    TokenStatus.REJECTED: gettext_noop("Apple rejects the token “%(name)s”: renew it."),
    TokenStatus.TERMS_NOT_SIGNED: gettext_noop("Apple's new terms must be accepted for “%(name)s”."),
    TokenStatus.UNREACHABLE: gettext_noop("Apple cannot be reached for “%(name)s”."),
}


@dataclass(frozen=True)
class TokenWarning:
    """Something a person should know: how bad ("danger", "warning"), a sentence, and about which token.

    With an operation, it is one that waits for somebody.
    """

    level: str
    sentence: str
    token: Token
    operation: Operation | None = None


def current_warnings(person: Person) -> list[TokenWarning]:
    """What needs attention among the tokens the person sees and may read, the worst first."""
    if not may(person, Permission.READ_TOKEN):
        return []
    now = timezone.now()
    soon = now + max(timedelta(days=days) for days in limits.EXPIRY_WARNING_DAYS)
    tokens = Token.objects.visible_to(person)
    found = [*_expiries(tokens.filter(expires_at__lte=soon).order_by("expires_at"), now)]
    for token in tokens.in_status(*TROUBLES):
        status = token.status
        level = "warning" if status == TokenStatus.UNREACHABLE else "danger"
        found.append(TokenWarning(level, _(TROUBLES[status]) % {"name": token.name}, token))
    found += _stopped(tokens)
    return sorted(found, key=lambda warning: warning.level != "danger")


def _expiries(tokens: Iterable[Token], now: datetime) -> list[TokenWarning]:
    return [_expiry(token, step) for token in tokens if (step := expiry_step(token, now)) is not None]


def _stopped(tokens: TokenQuerySet) -> list[TokenWarning]:
    """What the rules would do, and the brake has stopped (DEV-6)."""
    waiting = Operation.objects.filter(token__in=tokens, is_stopped=True, status=OperationStatus.PREVIEWED)
    found = []
    for operation in waiting.select_related("token").order_by("token__name"):
        if operation.token:
            sentence = _("The rules of “%(name)s” have stopped: they would move %(count)s devices at once.")
            details = {"name": operation.token.name, "count": intcomma(operation.gets)}
            found.append(TokenWarning("warning", sentence % details, operation.token, operation))
    return found


def _expiry(token: Token, step: int) -> TokenWarning:
    if step == EXPIRED:
        return TokenWarning("danger", _("The token “%(name)s” has expired.") % {"name": token.name}, token)
    sentence = ngettext(
        "The token “%(name)s” expires within a day.", "The token “%(name)s” expires in %(days)d days.", token.days_left
    )
    level = "danger" if step <= SEVERE_DAYS else "warning"
    return TokenWarning(level, sentence % {"name": token.name, "days": token.days_left}, token)
