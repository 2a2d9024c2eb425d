from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.models import Device, Person, Profile, Wish, WishedBy
from enrollment.models.device import DeviceQuerySet
from enrollment.models.profile import FAMILIES, Platform

OTHER_TOKEN = gettext_noop("belongs to another token")
RELEASED = gettext_noop("has been released from the organisation")
OTHER_PLATFORM = gettext_noop("is of a family this profile is not made for")
NOT_SHARED = gettext_noop("is no iPad, and the profile sets up a Shared iPad")
FITS = ""
HAS_IT = "has it"


class TooManyDevices(Exception):
    """A profile may be wanted for so many devices at the most (LIM-2)."""

    sentence = gettext_noop("A profile may have at most %(most)d devices; with these it would have %(count)d.")

    def __init__(self, count: int) -> None:
        self.details = {"most": limits.DEVICES_PER_PROFILE, "count": count}
        super().__init__(self.sentence % self.details)


@dataclass
class Preview:
    """What an assignment would do: how many get the profile, how many have it, how many cannot and why."""

    gets: int = 0
    has: int = 0
    cannot: dict[str, int] = field(default_factory=dict)

    @property
    def cannot_total(self) -> int:
        return sum(self.cannot.values())


def verdict(profile: Profile) -> Case:
    """Per device: "" when it may get the profile, HAS_IT, or the reason why not (PROF-3, PB-3)."""
    settings = profile.current.settings if profile.current else {}
    families = FAMILIES[Platform(profile.platform)]
    cases = [
        When(~Q(token_id=profile.token_id), then=Value(OTHER_TOKEN)),
        When(released_at__isnull=False, then=Value(RELEASED)),
        When(~Q(family__in=families), then=Value(OTHER_PLATFORM)),
    ]
    if settings.get("is_shared_ipad"):
        cases.append(When(~Q(family="iPad"), then=Value(NOT_SHARED)))
    cases.append(When(wish=Wish.PROFILE, profile=profile, then=Value(HAS_IT)))
    return Case(*cases, default=Value(FITS), output_field=CharField())


def preview_assignment(devices: DeviceQuerySet, profile: Profile) -> Preview:
    """The same rule as the assignment itself, counted."""
    verdicts = devices.order_by().annotate(verdict=verdict(profile)).values_list("verdict", flat=True)
    counts = Counter(verdicts.iterator(chunk_size=20_000))
    gets, has = counts.pop(FITS, 0), counts.pop(HAS_IT, 0)
    return Preview(gets=gets, has=has, cannot=dict(counts))


def wish_for(
    devices: DeviceQuerySet, profile: Profile | None, *, by: Person | None, because: WishedBy = WishedBy.PERSON
) -> int:
    """Write down what is wanted, a profile or none, in one UPDATE; how many devices that changes. TooManyDevices."""
    with transaction.atomic():
        if profile is None:
            chosen = devices.present().exclude(wish=Wish.NO_PROFILE)
        else:
            chosen = devices.annotate(verdict=verdict(profile)).filter(verdict=FITS)
            _check_room(profile, chosen)
        # By their keys: an UPDATE cannot carry the joins and annotations of the choice.
        return Device.objects.filter(pk__in=chosen.order_by().values("pk")).update(
            wish=Wish.PROFILE if profile else Wish.NO_PROFILE,
            profile=profile,
            wished_because=because,
            wished_by=by,
            wished_at=timezone.now(),
        )


def _check_room(profile: Profile, chosen: DeviceQuerySet) -> None:
    count = profile.devices.count() + chosen.count()
    if count > limits.DEVICES_PER_PROFILE:
        raise TooManyDevices(count)
