import time

from django.core.cache import cache

from enrollment import limits
from enrollment.models import Person


def may_ask_apple(person: Person) -> bool:
    """Takes a turn: as often a minute as devices are refreshed (DEV-7) the doctor asks what Apple says now."""
    key = f"doctor-{person.pk}-{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) <= limits.REFRESHES_PER_MINUTE[0]
