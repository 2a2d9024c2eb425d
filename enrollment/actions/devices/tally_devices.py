from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Min
from django.db.models.functions import Coalesce

from enrollment import limits
from enrollment.models import AppleProfileStatus, AssignmentState, Device, Wish, device_groups
from enrollment.models.device import DeviceQuerySet

KEY, CLAIM = "device-tally", "device-tally-counting"
KEPT_SECONDS = 600  # what is older than a minute is still better than that everybody counts at once
CLAIMED_SECONDS = 30

Counts = Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class DeviceTally:
    """All devices, counted by the keys of their tokens, or of the profiles that are wanted of them.

    Released ones stand in `released` alone, and in `wanted_ever`, which counts all that a profile is wanted of.
    `by_state` has the states of what is wanted and (still) not so.
    """

    at: datetime
    by_status: Mapping[AppleProfileStatus, Counts]
    by_state: Mapping[AssignmentState, Counts]
    by_profile: Counts
    wanted_ever: Counts
    no_profile: Counts
    released: Counts
    first_release: Mapping[int, datetime]

    @property
    def present(self) -> Counts:
        return sum((Counter(counts) for counts in self.by_status.values()), Counter[int]())


def tally_devices(now: datetime, *, anew: bool = False) -> DeviceTally:
    """Of the whole installation, counted at most once a minute: it is the same for all who look.

    While one counts anew, the others read what was counted before.
    """
    kept: DeviceTally | None = None if anew else cache.get(KEY)
    if kept and (now - kept.at < limits.DEVICES_COUNTED_EVERY or not cache.add(CLAIM, True, CLAIMED_SECONDS)):
        return kept
    tally = _count(now)
    cache.set(KEY, tally, KEPT_SECONDS)
    cache.delete(CLAIM)
    return tally


def _count(now: datetime) -> DeviceTally:
    """A few grouped questions, answered along indexes."""
    present = Device.objects.order_by().present()
    wanted_ever = Device.objects.filter(profile__isnull=False).counts_by("profile")
    released, first_release, released_of = _released()
    left = {profile: count - released_of.get(profile, 0) for profile, count in wanted_ever.items()}
    return DeviceTally(
        at=now,
        by_status=_by_status(present),
        by_state=_by_state(present, now),
        by_profile={profile: count for profile, count in left.items() if count > 0},
        wanted_ever=wanted_ever,
        no_profile=dict(present.filter(wish=Wish.NO_PROFILE).few_by("token_id", Count("*"))),
        released=released,
        first_release=first_release,
    )


def _by_status(present: DeviceQuerySet) -> dict[AppleProfileStatus, dict[int, int]]:
    """Along the index that begins with the status, which therefore is named, and goes on with the token."""
    found: dict[AppleProfileStatus, dict[int, int]] = {status: {} for status in AppleProfileStatus}
    rows = present.filter(apple_profile_status__in=AppleProfileStatus.values)
    for status, token, count in rows.values_list("apple_profile_status", "token").annotate(count=Count("*")):
        found[AppleProfileStatus(status)][token] = count
    return found


def _by_state(present: DeviceQuerySet, now: datetime) -> dict[AssignmentState, dict[int, int]]:
    """Of what is not as wanted: mostly few, else each of them has to be looked at."""
    others = present.filter(device_groups.likely_otherwise_than_wanted(Device)).with_state(now)
    found: dict[AssignmentState, dict[int, int]] = defaultdict(dict)
    for token, state, count in _few(others, "state_now").annotate(count=Count("*")):
        if state not in (AssignmentState.CONFIRMED, AssignmentState.NOTHING_WANTED):
            found[AssignmentState(state)][token] = count
    return dict(found)


def _released() -> tuple[Counter[int], dict[int, datetime], Counter[int]]:
    """How many of each token, the first of them, and how many of each profile."""
    gone = Device.objects.order_by().filter(released_at__isnull=False)
    released, first, released_of = Counter[int](), dict[int, datetime](), Counter[int]()
    for token, profile, count, at in _few(gone, "profile_id").annotate(count=Count("*"), first=Min("released_at")):
        released[token] += count
        released_of[profile] += count
        first[token] = min(at, first.get(token, at))
    return released, first, released_of


def _few(devices: DeviceQuerySet, column: str) -> Any:
    """Of few devices their token and a column, to be grouped by: named as it is, SQLite would walk all there are."""
    token: Any = devices.annotate(of=Coalesce(F("token_id"), None), column=Coalesce(F(column), None))
    return token.values_list("of", "column")
