from datetime import datetime, timedelta

from enrollment import limits
from enrollment.models import Token

EXPIRED = 0


def expiry_step(token: Token, now: datetime) -> int | None:
    """The newest step of the token's expiry that has come: 60, 30, 14, 7, 1 days, or 0 when it is over; None before."""
    if token.expires_at <= now:
        return EXPIRED
    left = token.expires_at - now
    return min((days for days in limits.EXPIRY_WARNING_DAYS if left <= timedelta(days=days)), default=None)
