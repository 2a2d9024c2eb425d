from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.apple.errors import (
    AccessDenied,
    AppleError,
    OAuthProblem,
    TermsNotSigned,
    TokenRejected,
    UserAgentRefused,
)
from enrollment.apple.unreadable import CredentialsUnreadable
from enrollment.models import Token

# Asked again gently: what a person must mend is looked at once an hour; what passes by itself after a few minutes, and
# the longer it has lasted the more seldom.
PROBE_PERSON = timedelta(hours=1)
PROBE_NETWORK = timedelta(minutes=5)


def note_refusal(token: Token, error: AppleError) -> None:
    """Write down what Apple said no with, and when to ask again (requirements.md section 2, Status)."""
    token.refresh_from_db()
    since, now = _column(error), timezone.now()
    if since is None and token.verified_at is not None:
        # It says something about one request, nothing about the token; a probe that is due is not asked every minute.
        Token.objects.filter(pk=token.pk, next_probe_at__lte=now).update(next_probe_at=now + PROBE_PERSON)
        return
    Token.objects.filter(pk=token.pk).update(
        **_marks(since, now), **_trouble(token, since, error), next_probe_at=_next_probe(token, error, now)
    )
    token.refresh_from_db()


def _column(error: AppleError) -> str | None:
    if isinstance(error, TermsNotSigned):
        return "terms_since"
    if isinstance(error, TokenRejected | OAuthProblem | AccessDenied):
        return "rejected_at"
    is_unasked = isinstance(error, UserAgentRefused | CredentialsUnreadable)
    return "unreachable_since" if error.try_again or is_unasked else None


def _marks(since: str | None, now: datetime) -> dict[str, Any]:
    """What Apple says of the token replaces what it said before; that it cannot be asked replaces nothing."""
    if since is None:
        return {}
    before = {} if since == "unreachable_since" else dict.fromkeys(("terms_since", "rejected_at", "unreachable_since"))
    return {**before, since: Coalesce(F(since), now)}


def _trouble(token: Token, since: str | None, error: AppleError) -> dict[str, Any]:
    """The remedy stands beside the status: an Apple that is away does not hide the terms that wait."""
    if since == "unreachable_since" and (token.terms_since or token.rejected_at):
        return {}
    return {
        "trouble_sentence": error.sentence,
        "trouble_advice": error.advice,
        "trouble_details": error.details,
    }


def _next_probe(token: Token, error: AppleError, now: datetime) -> datetime:
    pause = PROBE_PERSON
    if error.try_again:
        pause = min(max(PROBE_NETWORK, now - (token.unreachable_since or now)), PROBE_PERSON)
    return now + max(pause, timedelta(seconds=error.retry_after or 0))
