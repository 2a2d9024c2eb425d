from collections import Counter
from datetime import datetime, timedelta

from enrollment import limits
from enrollment.models import Token

_MINUTE = timedelta(minutes=1)
_MINUTES = limits.DELTA_SYNC_EVERY // _MINUTE


def next_sync_time(token: Token, now: datetime) -> datetime:
    """When the token is due again: in 12 hours (LIM-11), or so much earlier that not all tokens are due at once."""
    latest = now + limits.DELTA_SYNC_EVERY
    others = Token.objects.exclude(pk=token.pk)
    due = others.filter(next_sync_at__gt=now, next_sync_at__lte=latest + _MINUTE)
    taken = Counter(_minute(at) for at in due.values_list("next_sync_at", flat=True) if at)
    at_most = 1 + 2 * others.count() // _MINUTES  # twice as much room as needed, so that few are moved far
    free = (latest - number * _MINUTE for number in range(_MINUTES))
    return next((at for at in free if taken[_minute(at)] < at_most), latest)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
