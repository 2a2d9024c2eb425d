from dataclasses import dataclass

from django.db.models import Count

from enrollment.models import OperationKind, Profile, Verdict
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_verdict import verdict


@dataclass(frozen=True)
class Preview:
    """What an assignment would do: how many get the profile, how many have it, how many cannot and why."""

    gets: int
    has: int
    cannot: dict[Verdict, int]

    @property
    def cannot_total(self) -> int:
        return sum(self.cannot.values())


def preview_assignment(devices: DeviceQuerySet, profile: Profile) -> Preview:
    """The same rule as the assignment itself, counted."""
    judged = devices.order_by().annotate(verdict=verdict(OperationKind.ASSIGN, profile))
    counts = dict(judged.values_list("verdict").annotate(count=Count("*")))
    gets, has = counts.pop(Verdict.GETS, 0), counts.pop(Verdict.HAS, 0)
    return Preview(gets=gets, has=has, cannot={Verdict(reason): count for reason, count in counts.items()})
