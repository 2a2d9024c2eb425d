from collections.abc import Iterable
from typing import NamedTuple

from enrollment.models.assignment import HAS_A_PROFILE
from enrollment.models.device import Device
from enrollment.models.profile import ForeignProfile, ProfileRevision


class ProfileAtApple(NamedTuple):
    """The key and name of our profile, or None and what another tool's is called; and Apple's uuid."""

    profile: int | None
    name: str
    uuid: str


def profiles_at_apple(devices: Iterable[Device]) -> dict[int, ProfileAtApple]:
    """By device, of those to which Apple has assigned one."""
    had = {
        device.pk: (device.token_id, device.apple_profile_uuid)
        for device in devices
        if device.apple_profile_uuid and device.apple_profile_status in HAS_A_PROFILE
    }
    tokens, uuids = {token for token, _uuid in had.values()}, {uuid for _token, uuid in had.values()}
    foreign = ForeignProfile.objects.filter(token__in=tokens, apple_uuid__in=uuids).only("token", "apple_uuid", "name")
    names: dict[tuple[int, str], tuple[int | None, str]] = {
        (one.token_id, one.apple_uuid): (None, str(one)) for one in foreign
    }
    ours = ProfileRevision.objects.filter(profile__token__in=tokens, apple_uuid__in=uuids)
    for token, uuid, key, name in ours.values_list("profile__token", "apple_uuid", "profile", "profile__name"):
        names[token, uuid] = (key, name)
    return {key: ProfileAtApple(*names.get(place, (None, place[1])), place[1]) for key, place in had.items()}
