from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from enrollment.models import AppleProfileStatus, AssignmentState, Device, Person, Profile, Token, Wish, device_groups
from enrollment.models.device import DeviceQuerySet

# Of more devices than these that are not as wanted it is not told why: each of them would have to be looked at.
TOLD_APART = 20_000
_ON_THE_WAY: list[AssignmentState] = [
    state for state in AssignmentState if state not in (AssignmentState.CONFIRMED, AssignmentState.NOTHING_WANTED)
]


@dataclass(frozen=True, kw_only=True)
class DeviceCounts:
    """The devices that are here and not released, counted from several sides; each side sums up to the total.

    `by_state` lacks the states between nothing and confirmed where `not_as_wanted` is too many to tell apart.
    """

    total: int
    released: int
    by_status: dict[AppleProfileStatus, int]
    by_token: dict[int, int]
    by_profile: dict[int, int]
    no_profile_wanted: int
    nothing_said: int
    not_as_wanted: int
    by_state: dict[AssignmentState, int]

    @property
    def are_told_apart(self) -> bool:
        return AssignmentState.WAITING in self.by_state


def count_devices(person: Person) -> DeviceCounts:
    """How many devices the person sees, by what Apple shows of them and by what is wanted of them."""
    devices = Device.objects.visible_to(person)
    by_status, by_token = _by_status_and_token(devices)
    total = sum(by_status.values())
    by_profile = _by_profile(person)
    present, released = Device.objects.present(), Device.objects.filter(released_at__isnull=False)
    no_profile = _how_many_of(person, present.filter(wish=Wish.NO_PROFILE))
    nothing = max(0, total - sum(by_profile.values()) - no_profile)
    others, apart = _not_as_wanted(devices.present())
    confirmed = max(0, total - nothing - others)
    return DeviceCounts(
        total=total,
        released=_how_many_of(person, released),
        by_status=by_status,
        by_token=by_token,
        by_profile=by_profile,
        no_profile_wanted=no_profile,
        nothing_said=nothing,
        not_as_wanted=others,
        by_state={AssignmentState.CONFIRMED: confirmed, **apart, AssignmentState.NOTHING_WANTED: nothing},
    )


def _by_status_and_token(devices: DeviceQuerySet) -> tuple[dict[AppleProfileStatus, int], dict[int, int]]:
    """One look along the index that begins with the status, which therefore is named."""
    rows = devices.present().filter(apple_profile_status__in=AppleProfileStatus.values).order_by()
    by_status, by_token = dict.fromkeys(AppleProfileStatus, 0), dict[int, int]()
    for status, token, count in rows.values_list("apple_profile_status", "token").annotate(count=Count("*")):
        by_status[AppleProfileStatus(status)] += count
        by_token[token] = by_token.get(token, 0) + count
    return by_status, by_token


def _by_profile(person: Person) -> dict[int, int]:
    """All along an index that knows no release, less the few that are released."""
    wanted = Device.objects.filter(profile__isnull=False)
    seen = wanted if person.sees_everything else wanted.filter(profile__in=Profile.objects.visible_to(person))
    gone = _counts_of_few(wanted.filter(released_at__isnull=False), "profile_id")
    left = {key: count - gone.get(key, 0) for key, count in seen.counts_by("profile").items()}
    return {key: count for key, count in left.items() if count > 0}


def _how_many_of(person: Person, few: DeviceQuerySet) -> int:
    """Of few devices, how many the person sees."""
    if person.sees_everything:
        return few.count()
    counts, seen = _counts_of_few(few, "token_id"), Token.objects.visible_to(person).values_list("pk", flat=True)
    return sum(counts.get(token, 0) for token in seen)


def _counts_of_few(devices: DeviceQuerySet, column: str) -> dict[int, int]:
    """By the column, of few devices: named as it is, SQLite would walk all devices along the column's index."""
    return devices.annotate(group=Coalesce(F(column), 0)).counts_by("group")


def _not_as_wanted(devices: DeviceQuerySet) -> tuple[int, dict[AssignmentState, int]]:
    """How many devices are not (yet) as wanted, and in which states, unless these are too many to look at."""
    where = device_groups.otherwise_than_wanted(Device)
    likely = devices.filter(~Q(wish=Wish.NOTHING_SAID) if where is None else where).order_by()
    if where is not None and likely[: TOLD_APART + 1].count() > TOLD_APART:
        return likely.count(), {}
    found = likely.with_state().counts_by("state_now")
    apart: dict[AssignmentState, int] = {state: found.get(state.value, 0) for state in _ON_THE_WAY}
    return sum(apart.values()), apart
