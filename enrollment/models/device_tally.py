from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from enrollment.models.assignment import AssignmentState
from enrollment.models.device import AppleProfileStatus

Counts = Mapping[int, int]

_FLAT = ("by_profile", "wanted_ever", "no_profile", "without_profile", "released")
_NESTED = {"by_status": AppleProfileStatus, "by_state": AssignmentState}


@dataclass(frozen=True, kw_only=True)
class DeviceTally:
    """All devices, counted by the keys of their tokens, or of the profiles that are wanted of them.

    Released ones stand in `released` alone, and in `wanted_ever`, which counts all that a profile is wanted of.
    `by_state` has the states of what is wanted and (still) not so. Those `without_profile` have had none for a while.
    """

    at: datetime
    by_status: Mapping[AppleProfileStatus, Counts]
    by_state: Mapping[AssignmentState, Counts]
    by_profile: Counts
    wanted_ever: Counts
    no_profile: Counts
    without_profile: Counts
    released: Counts
    first_release: Mapping[int, datetime]

    @property
    def present(self) -> Counts:
        return sum((Counter(counts) for counts in self.by_status.values()), Counter[int]())

    def as_json(self) -> dict[str, Any]:
        """All but `at`; `from_json` makes the same of it."""
        flat = {name: _flat(getattr(self, name)) for name in _FLAT}
        nested = {name: {key: _flat(counts) for key, counts in getattr(self, name).items()} for name in _NESTED}
        return {**flat, **nested, "first_release": [[key, at.isoformat()] for key, at in self.first_release.items()]}

    @classmethod
    def from_json(cls, at: datetime, said: Mapping[str, Any]) -> "DeviceTally":
        """What `as_json` made of it."""
        nested: dict[str, Any] = {
            name: {kind(key): dict(counts) for key, counts in said[name].items()} for name, kind in _NESTED.items()
        }
        first = {key: datetime.fromisoformat(when) for key, when in said["first_release"]}
        return cls(at=at, **nested, **{name: dict(said[name]) for name in _FLAT}, first_release=first)


def _flat(counts: Counts) -> list[list[int]]:
    """JSON knows no keys that are numbers."""
    return [[key, count] for key, count in counts.items()]


class KeptTally(models.Model):
    """What the clock counted of all devices when it last looked: one row, so that no page has to count them."""

    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_kept_tally", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"counted at {self.at}"

    @classmethod
    def keep(cls, tally: DeviceTally) -> None:
        cls.objects.update_or_create(pk=1, defaults={"at": tally.at, "counts": tally.as_json()})

    @classmethod
    def since(cls, at: datetime) -> DeviceTally | None:
        """What was counted after that moment."""
        row = cls.objects.filter(pk=1, at__gt=at).first()
        return DeviceTally.from_json(row.at, row.counts) if row else None
