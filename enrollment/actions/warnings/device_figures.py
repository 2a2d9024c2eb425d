from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Min

from enrollment import limits
from enrollment.models import AppleProfileStatus, AssignmentState, Device, Profile
from enrollment.models.device import DeviceQuerySet

KEY, CLAIM = "device-figures", "device-figures-counting"
KEPT_SECONDS = 600  # what is older than a minute is still better than that everybody counts at once
CLAIMED_SECONDS = 30
STUCK = (AssignmentState.THROTTLED, AssignmentState.FAILED, AssignmentState.NOT_ACCESSIBLE)

Counts = Mapping[int, int]


@dataclass(frozen=True)
class DeviceFigures:
    """What warnings count of devices, by the keys of their tokens; only what is not nought.

    `present` and `of_profiles` know only what comes near its limit; `first_release` is the oldest of the released.
    """

    present: Counts = field(default_factory=dict)
    of_profiles: Mapping[int, Counts] = field(default_factory=dict)  # token → profile → devices
    stuck: Mapping[AssignmentState, Counts] = field(default_factory=dict)
    without_profile: Counts = field(default_factory=dict)
    released: Counts = field(default_factory=dict)
    first_release: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def tokens(self) -> set[int]:
        """Those of which anything is told."""
        told = (self.present, self.of_profiles, self.without_profile, self.released, *self.stuck.values())
        return {token for counts in told for token in counts}


def device_figures(now: datetime) -> DeviceFigures:
    """Of the whole installation, counted at most once a minute: they stand on every page, and are the same for all.

    While one counts anew, the others read what was counted before.
    """
    kept: tuple[datetime, DeviceFigures] | None = cache.get(KEY)
    if kept and (now - kept[0] < limits.DEVICES_COUNTED_EVERY or not cache.add(CLAIM, True, CLAIMED_SECONDS)):
        return kept[1]
    figures = _count(now)
    cache.set(KEY, (now, figures), KEPT_SECONDS)
    cache.delete(CLAIM)
    return figures


def _count(now: datetime) -> DeviceFigures:
    """A few grouped questions over all tokens, answered from indexes."""
    present, released = Device.objects.order_by().present(), Device.objects.order_by().filter(released_at__isnull=False)
    here, many = _here(present), limits.nearly(limits.DEVICES_PER_PROFILE)
    gone = {token: told for token, *told in released.few_by("token_id", Count("*"), Min("released_at"))}
    return DeviceFigures(
        present={token: count for token, count in here.items() if count >= limits.nearly(limits.DEVICES_PER_TOKEN)},
        of_profiles=_of_full_profiles([token for token in here if here[token] + gone.get(token, (0,))[0] >= many]),
        stuck={state: dict(present.in_state(state, now).few_by("token_id", Count("*"))) for state in STUCK},
        without_profile=_without_profile(present, now),
        released={token: count for token, (count, _first) in gone.items()},
        first_release={token: first for token, (_count, first) in gone.items()},
    )


def _here(present: DeviceQuerySet) -> Counter[int]:
    """Along the index that begins with the status, which therefore is named, and goes on with the token."""
    by_both = present.filter(apple_profile_status__in=AppleProfileStatus.values)
    here = Counter[int]()
    for _status, token, count in by_both.values_list("apple_profile_status", "token").annotate(count=Count("*")):
        here[token] += count
    return here


def _without_profile(present: DeviceQuerySet, now: datetime) -> dict[int, int]:
    appeared = present.without_profile().filter(appeared_at__lte=now - limits.WITHOUT_PROFILE_FOR)
    return dict(appeared.few_by("token_id", Count("*")))


def _of_full_profiles(tokens: list[int]) -> dict[int, dict[int, int]]:
    """Of tokens that are large enough to have one (LIM-2)."""
    profiles: dict[Any, int] = dict(Profile.objects.filter(token__in=tokens).values_list("pk", "token"))
    full: dict[int, dict[int, int]] = {}
    for profile, count in Device.objects.filter(profile__in=profiles).counts_by("profile").items() if profiles else ():
        if count >= limits.nearly(limits.DEVICES_PER_PROFILE):
            full.setdefault(profiles[profile], {})[profile] = count
    return full
