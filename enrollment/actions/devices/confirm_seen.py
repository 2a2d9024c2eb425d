from django.db.models import F, Q
from django.utils import timezone

from enrollment.models import Answer
from enrollment.models.assignment import HAS_A_PROFILE, NO_PROFILE_ASKED
from enrollment.models.device import DeviceQuerySet


def confirm_seen(devices: DeviceQuerySet) -> int:
    """Of these, those that show at Apple what we asked for are confirmed; how many became so. From rows alone."""
    shows_profile = Q(asked_for=F("apple_profile_uuid"), apple_profile_status__in=HAS_A_PROFILE)
    shows_none = Q(asked_for=NO_PROFILE_ASKED) & ~Q(apple_profile_status__in=HAS_A_PROFILE)
    asked = devices.filter(answer=Answer.SUCCESS, confirmed_at=None).exclude(asked_for="")
    return asked.filter(shows_profile | shows_none).update(confirmed_at=timezone.now(), next_try_at=None, tries=0)
