from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment import limits
from enrollment.models import AppleProfileStatus, AssignmentState, Device, Profile, Wish, device_groups
from enrollment.models.assignment import HAS_NO_PROFILE, has_just_come
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_tally import DeviceTally, KeptTally

KEY, CLAIM = "device-tally", "device-tally-counting"
KEPT_SECONDS = 600  # what is older than a minute is still better than that everybody counts at once
CLAIMED_SECONDS = 30

_STATUSES = {status.value: status for status in AppleProfileStatus}


def tally_devices(now: datetime) -> DeviceTally:
    """Of the whole installation, as the clock counts it each minute: it is the same for all who look.

    Without a clock one of those who look counts anew, and the others read what was counted before. Few devices are
    counted so fast that it is kept for some seconds only: whoever has just connected a token sees its devices.
    """
    kept: DeviceTally | None = cache.get(KEY)
    if kept and now - kept.at < _lasts(kept):
        return kept
    if clocked := _of_the_clock(now):
        return _keep(clocked)
    if kept and not cache.add(CLAIM, True, CLAIMED_SECONDS):
        return kept
    tally = _keep(count_all(now))
    cache.delete(CLAIM)
    return tally


def keep_tally() -> None:
    """Count all devices, so that no page has to; the clock does, each minute."""
    KeptTally.keep(_keep(count_all(timezone.now())))


def _lasts(tally: DeviceTally, long: timedelta = limits.DEVICES_COUNTED_EVERY) -> timedelta:
    many = sum(tally.present.values()) + sum(tally.released.values()) > limits.FEW_DEVICES
    return long if many else limits.FEW_DEVICES_COUNTED_EVERY


def _of_the_clock(now: datetime) -> DeviceTally | None:
    tally = KeptTally.since(now - limits.CLOCKED_DEVICES_LAST)
    return tally if tally and now - tally.at < _lasts(tally, limits.CLOCKED_DEVICES_LAST) else None


def _keep(tally: DeviceTally) -> DeviceTally:
    cache.set(KEY, tally, KEPT_SECONDS)
    return tally


def count_all(now: datetime) -> DeviceTally:
    """Four grouped questions: one along an index that knows no release, and three about those that are few."""
    groups, released, rest = _of_profiles(), _released(), _of_no_profile(now)
    token_of: dict[int, int] = dict(Profile.objects.values_list("pk", "token"))
    by_status: dict[AppleProfileStatus, Counter[int]] = {status: Counter() for status in AppleProfileStatus}
    by_profile, wanted_ever = Counter[int](), Counter[int]()
    for (profile, _uuid, status), count in groups.items():
        wanted_ever[profile] += count
        by_profile[profile] += count
        if profile in token_of:  # else it was made while this was counted
            by_status[_status(status)][token_of[profile]] += count
    for gone in released:
        if gone.profile:
            by_profile[gone.profile] -= gone.count
            by_status[_status(gone.status)][gone.token] -= gone.count
    for one in rest:
        by_status[_status(one.status)][one.token] += one.count
    return DeviceTally(
        at=now,
        by_status={status: +counts for status, counts in by_status.items()},
        by_state=_by_state(list(groups), now),
        by_profile=+by_profile,
        wanted_ever=wanted_ever,
        no_profile=_summed((one.token, one.count) for one in rest if one.wish == Wish.NO_PROFILE),
        without_profile=_summed((one.token, one.without) for one in rest),
        released=_summed((gone.token, gone.count) for gone in released),
        first_release=_first_release(released),
    )


def _status(said: str) -> AppleProfileStatus:
    """A word that nobody knows says of no profile, as an empty one does. Of Apple's none is stored (apple/messages.py):
    to list others besides would take the list its index."""
    return _STATUSES.get(said, AppleProfileStatus.EMPTY)


@dataclass(frozen=True)
class _Released:
    token: int
    profile: int | None
    status: str
    count: int
    first: datetime


@dataclass(frozen=True)
class _Rest:
    """Devices of which no profile is wanted; so many of them came a moment ago."""

    wish: str
    token: int
    status: str
    count: int
    new: int

    @property
    def without(self) -> int:
        is_without = self.wish == Wish.NOTHING_SAID and self.status in HAS_NO_PROFILE
        return self.count - self.new if is_without else 0


def _of_profiles() -> dict[tuple[int, str, str], int]:
    """How many devices a profile is wanted of, by what Apple shows of them; released ones are among them."""
    wanted = Device.objects.order_by().filter(profile__isnull=False)
    rows = wanted.values_list("profile", "apple_profile_uuid", "apple_profile_status").annotate(count=Count("*"))
    return {(profile, uuid, status): count for profile, uuid, status, count in rows if profile}


def _of_no_profile(now: datetime) -> list[_Rest]:
    """Along an index that knows no others; the wishes are named, for it begins with them."""
    rest = Device.objects.order_by().present().filter(profile=None, wish__in=[Wish.NOTHING_SAID, Wish.NO_PROFILE])
    new = Count("appeared_at", filter=has_just_come(now))
    groups = rest.values_list("wish", "token", "apple_profile_status").annotate(count=Count("*"), new=new)
    return [_Rest(*group) for group in groups]


def _released() -> list[_Released]:
    few = _few(Device.objects.filter(released_at__isnull=False))
    rows = few.annotate(wanted=Coalesce(F("profile_id"), None), said=Coalesce(F("apple_profile_status"), None))
    groups = rows.values_list("of", "wanted", "said")
    return [_Released(*group) for group in groups.annotate(count=Count("*"), first=Min("released_at"))]


def _by_state(groups: list[device_groups.Group], now: datetime) -> dict[AssignmentState, dict[int, int]]:
    """Of what is not as wanted: mostly few, else each of them has to be looked at."""
    found: dict[AssignmentState, dict[int, int]] = defaultdict(Counter)
    for part in device_groups.otherwise_among(groups):
        others = Device.objects.present().filter(part).with_state(now)
        for token, state, count in _few(others).values_list("of", "state_now").annotate(count=Count("*")):
            if state not in (AssignmentState.CONFIRMED, AssignmentState.NOTHING_WANTED):
                found[AssignmentState(state)][token] += count
    return {state: dict(counts) for state, counts in found.items()}


def _few(devices: DeviceQuerySet) -> Any:
    """Few devices with `of`, their token: grouped by what an index begins with, SQLite would walk all devices."""
    return devices.order_by().annotate(of=Coalesce(F("token_id"), None))


def _summed(counts: Iterable[tuple[int, int]]) -> Counter[int]:
    found = Counter[int]()
    for token, count in counts:
        found[token] += count
    return +found


def _first_release(released: list[_Released]) -> dict[int, datetime]:
    first: dict[int, datetime] = {}
    for one in released:
        first[one.token] = min(one.first, first.get(one.token, one.first))
    return first
