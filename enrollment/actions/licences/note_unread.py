from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment import limits
from enrollment.apple.apps_and_books_errors import ContentTokenRefused, LicencesKeepChanging
from enrollment.apple.errors import AppleError, UserAgentRefused
from enrollment.apple.unreadable import CredentialsUnreadable
from enrollment.models import VppToken

FIRST_PAUSE = timedelta(minutes=1)
MOST_FAILURES = 1_000  # counted no further
WAIT_UNTIL = "wait_until"  # in trouble_details: Apple has asked for it


def note_unread(token: VppToken, error: AppleError) -> None:
    """End a reading that failed: what Apple said no with, and when it is asked again.

    What passes by itself is tried again after a minute, and each time after twice as long, up to an hour; what a person
    must mend, once an hour. Apple's Retry-After is kept to.
    """
    now = timezone.now()
    since = _column(error)
    token.end_reading(
        failures=min(token.failures + 1, MOST_FAILURES),
        next_read_at=now + _pause(token, error),
        **_marks(since, now),
        **_trouble(token, since, error, now),
    )


def _column(error: AppleError) -> str | None:
    if isinstance(error, ContentTokenRefused):
        return "rejected_at"
    if isinstance(error, LicencesKeepChanging):
        return None  # Apple was there, and took the token
    is_unasked = isinstance(error, UserAgentRefused | CredentialsUnreadable)
    return "unreachable_since" if error.try_again or is_unasked else None


def _marks(since: str | None, now: datetime) -> dict[str, Any]:
    """What Apple says of the token replaces what it said before; that it cannot be asked replaces nothing."""
    before = {} if since == "unreachable_since" else dict.fromkeys(("rejected_at", "unreachable_since"))
    return {**before, **({since: Coalesce(F(since), now)} if since else {})}


def _trouble(token: VppToken, since: str | None, error: AppleError, now: datetime) -> dict[str, Any]:
    if since == "unreachable_since" and token.rejected_at:
        return {}  # the remedy stands beside the status
    asked_to_wait = {}
    if error.retry_after:
        asked_to_wait = {WAIT_UNTIL: (now + timedelta(seconds=error.retry_after)).isoformat()}
    return {
        "trouble_sentence": error.sentence,
        "trouble_advice": error.advice,
        "trouble_details": {**error.details, **asked_to_wait},
    }


def _pause(token: VppToken, error: AppleError) -> timedelta:
    pause = limits.LICENCES_READ_EVERY
    if error.try_again:
        # Of a bounded number of failures: 2 to the power of a great one is no time any more.
        pause = min(FIRST_PAUSE * 2 ** min(token.failures, 10), pause)
    return max(pause, timedelta(seconds=error.retry_after or 0))
