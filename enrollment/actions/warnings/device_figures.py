from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from enrollment import limits
from enrollment.actions.devices.tally_devices import tally_devices
from enrollment.models import AssignmentState, Profile
from enrollment.models.device_tally import Counts, DeviceTally

STUCK = (AssignmentState.THROTTLED, AssignmentState.FAILED, AssignmentState.NOT_ACCESSIBLE)


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
    """Of the whole installation, of what is counted for all who look."""
    tally = tally_devices(now)
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
