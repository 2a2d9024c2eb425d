from datetime import datetime, timedelta

from django.utils import timezone

from enrollment import limits
from enrollment.models import Rhythm

MONDAY = 0


def next_time(rhythm: str, now: datetime) -> datetime:
    """When something to be told now goes out: at once, or with the next digest, in the installation's own time."""
    if rhythm == Rhythm.AT_ONCE:
        return now
    local = timezone.localtime(now, timezone.get_default_timezone())
    at = local.replace(hour=limits.DIGEST_HOUR, minute=0, second=0, microsecond=0, fold=0)
    if at <= local:
        at += timedelta(days=1)
    if rhythm == Rhythm.WEEKLY:
        at += timedelta(days=(MONDAY - at.weekday()) % 7)
    return at
