from dataclasses import dataclass
from heapq import nlargest

from enrollment.actions.dashboard.count_devices import DeviceCounts
from enrollment.models import Profile

SHOWN = 8


@dataclass(frozen=True)
class ProfileCounts:
    """The profiles that are wanted of most devices, and what is left: other profiles together, none, nothing said."""

    most: list[tuple[Profile, int]]
    other_profiles: int
    other_devices: int
    no_profile_wanted: int
    nothing_said: int


def count_profiles(devices: DeviceCounts) -> ProfileCounts:
    """Which profile is wanted of how many of the devices that were counted."""
    most = nlargest(SHOWN, devices.by_profile.items(), key=lambda one: (one[1], -one[0]))
    profiles = Profile.objects.select_related("token").only("name", "token__name")
    known = profiles.in_bulk([key for key, _count in most])
    shown = [(known[key], count) for key, count in most if key in known]
    return ProfileCounts(
        most=shown,
        other_profiles=len(devices.by_profile) - len(shown),
        other_devices=sum(devices.by_profile.values()) - sum(count for _profile, count in shown),
        no_profile_wanted=devices.no_profile_wanted,
        nothing_said=devices.nothing_said,
    )
