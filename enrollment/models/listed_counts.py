"""How many devices and profiles there are of what a list shows, by one grouped query each, without a join."""

from collections.abc import Sequence

from django.db.models import Count

from enrollment.models.device import AppleProfileStatus, Device
from enrollment.models.profile import Profile
from enrollment.models.token import Token


def device_counts(profiles: Sequence[Profile]) -> dict[int, int]:
    """How many devices each profile is wanted for."""
    keys = [profile.pk for profile in profiles]
    return Device.objects.filter(profile__in=keys).counts_by("profile")


def wipe_counts(profiles: Sequence[Profile]) -> dict[int, int]:
    """How many devices of each profile need an erase to get its current revision (PB-2)."""
    wanted = Device.objects.filter(profile__in=[profile.pk for profile in profiles]).present()
    return wanted.needing_wipe().counts_by("profile")


def count_children(tokens: Sequence[Token]) -> None:
    """Tell each token its `device_count` and `profile_count`: two joins would multiply each other."""
    keys = [token.pk for token in tokens]
    profiles = dict(Token.objects.filter(pk__in=keys).values_list("pk").annotate(Count("profiles")))
    devices = Device.objects.filter(token__in=keys).present().counts_by("token")
    for token in tokens:
        token.device_count, token.profile_count = devices.get(token.pk, 0), profiles.get(token.pk, 0)


def status_counts(token: Token) -> dict[str, int]:
    """How many of the token's devices are in each status at Apple."""
    # Every status is named for the index, which begins with it.
    devices = Device.objects.filter(token=token, apple_profile_status__in=AppleProfileStatus.values).present()
    counts = devices.counts_by("apple_profile_status")
    return {status: counts.get(status, 0) for status in AppleProfileStatus.values}
