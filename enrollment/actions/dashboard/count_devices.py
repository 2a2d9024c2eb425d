from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from enrollment.actions.devices.tally_devices import tally_devices
from enrollment.models import AppleProfileStatus, AssignmentState, Person, Profile, Token
from enrollment.models.device_tally import Counts

Keys = Collection[int] | None  # None is all of them


@dataclass(frozen=True, kw_only=True)
class DeviceCounts:
    """The devices that are here and not released, counted from several sides; each side sums up to the total."""

    at: datetime
    total: int
    released: int
    by_status: dict[AppleProfileStatus, int]
    by_state: dict[AssignmentState, int]
    by_profile: dict[int, int]
    by_token: dict[int, int]
    no_profile_wanted: int
    nothing_said: int


def count_devices(person: Person) -> DeviceCounts:
    """How many devices the person sees, by what Apple shows and by what is wanted of them; counted each minute."""
    tally = tally_devices(timezone.now())
    tokens, profiles = _seen_by(person)
    by_status = {status: _sum(tally.by_status.get(status, {}), tokens) for status in AppleProfileStatus}
    by_profile = _of(tally.by_profile, profiles)
    no_profile, total = _sum(tally.no_profile, tokens), sum(by_status.values())
    nothing = max(0, total - sum(by_profile.values()) - no_profile)
    by_state = {state: _sum(tally.by_state.get(state, {}), tokens) for state in AssignmentState}
    by_state[AssignmentState.NOTHING_WANTED] = nothing
    by_state[AssignmentState.CONFIRMED] = max(0, total - sum(by_state.values()))
    return DeviceCounts(
        at=tally.at,
        total=total,
        released=_sum(tally.released, tokens),
        by_status=by_status,
        by_state=by_state,
        by_profile=by_profile,
        by_token=_of(tally.present, tokens),
        no_profile_wanted=no_profile,
        nothing_said=nothing,
    )


def _seen_by(person: Person) -> tuple[Keys, Keys]:
    """The tokens and the profiles the person sees."""
    if person.sees_everything:
        return None, None
    tokens, profiles = Token.objects.visible_to(person), Profile.objects.visible_to(person)
    return set(tokens.values_list("pk", flat=True)), set(profiles.values_list("pk", flat=True))


def _of(counts: Counts, keys: Keys) -> dict[int, int]:
    return {key: count for key, count in counts.items() if keys is None or key in keys}


def _sum(counts: Counts, keys: Keys) -> int:
    return sum(_of(counts, keys).values())
