from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.apple.errors import AppleError, TermsNotSigned, TokenRejected
from enrollment.models import Token

# Asked again gently: what a person must mend is looked at once an hour, a network that is away every few minutes.
PROBE_PERSON = timedelta(hours=1)
PROBE_NETWORK = timedelta(minutes=5)


def note_refusal(token: Token, error: AppleError) -> None:
    """Write down what Apple said no with, and when to ask again (requirements.md section 2, Status)."""
    since = _column(error)
    if since is None and token.verified_at is not None:
        return  # it says something about one request, nothing about the token
    now = timezone.now()
    Token.objects.filter(pk=token.pk).update(
        **({since: Coalesce(F(since), now)} if since else {}),
        next_probe_at=_next_probe(error, now),
        trouble_sentence=error.sentence,
        trouble_advice=error.advice,
        trouble_details=error.details,
    )
    token.refresh_from_db()


def _column(error: AppleError) -> str | None:
    if isinstance(error, TermsNotSigned):
        return "terms_since"
    if isinstance(error, TokenRejected):
        return "rejected_at"
    return "unreachable_since" if error.try_again else None


def _next_probe(error: AppleError, now: datetime) -> datetime:
    pause = PROBE_NETWORK if error.try_again else PROBE_PERSON
    return now + max(pause, timedelta(seconds=error.retry_after or 0))
