from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache

from enrollment import limits
from enrollment.actions.devices.tally_devices import DeviceTally, tally_devices
from enrollment.models import AssignmentState, Profile

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
    """Most of it is what everybody is told of devices, counted anew."""
    tally = tally_devices(now, anew=True)
    many = limits.nearly(limits.DEVICES_PER_TOKEN)
    return DeviceFigures(
        present={token: count for token, count in tally.present.items() if count >= many},
        of_profiles=_of_full_profiles(tally),
        stuck={state: tally.by_state.get(state, {}) for state in STUCK},
        without_profile=tally.without_profile,
        released=tally.released,
        first_release=tally.first_release,
    )


def _of_full_profiles(tally: DeviceTally) -> dict[int, dict[int, int]]:
    """Those of which one comes near its limit (LIM-2)."""
    many = limits.nearly(limits.DEVICES_PER_PROFILE)
    counts = {profile: count for profile, count in tally.wanted_ever.items() if count >= many}
    full: dict[int, dict[int, int]] = {}
    for profile, token in Profile.objects.filter(pk__in=counts).values_list("pk", "token") if counts else ():
        full.setdefault(token, {})[profile] = counts[profile]
    return full
