from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.devices.note_events import note_wishes
from enrollment.models import Device, OperationKind, Person, Profile, Verdict, Wish, WishedBy
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_verdict import verdict


class TooManyDevices(Exception):
    """A profile may be wanted for so many devices at the most (LIM-2)."""

    sentence = gettext_noop("A profile may have at most %(most)d devices; with these it would have %(count)d.")

    def __init__(self, count: int) -> None:
        self.details = {"most": limits.DEVICES_PER_PROFILE, "count": count}
        super().__init__(self.sentence % self.details)


def wish_for(
    devices: DeviceQuerySet, profile: Profile | None, *, by: Person | None, because: WishedBy = WishedBy.PERSON
) -> int:
    """Write down what is wanted, a profile or none, in one UPDATE; how many devices that changes. TooManyDevices."""
    kind = OperationKind.ASSIGN if profile else OperationKind.UNASSIGN
    now = timezone.now()
    with transaction.atomic():
        chosen = devices.annotate(verdict=verdict(kind, profile)).filter(verdict=Verdict.GETS)
        if profile is not None:
            check_room(profile, chosen.count())
        wish = Wish.PROFILE if profile else Wish.NO_PROFILE
        note_wishes(chosen, wish, profile, by=by, because=because, at=now)
        # By their keys: an UPDATE cannot carry the joins and annotations of the choice.
        return Device.objects.filter(pk__in=chosen.order_by().values("pk")).update(
            wish=wish, profile=profile, wished_because=because, wished_by=by, wished_at=now
        )


def check_room(profile: Profile, more: int) -> None:
    """TooManyDevices when the profile cannot be wanted for so many more (LIM-2)."""
    count = profile.devices.count() + more
    if count > limits.DEVICES_PER_PROFILE:
        raise TooManyDevices(count)
