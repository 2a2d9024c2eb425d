from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrollment.models import Device, ProfileDraft, ProfileRevision
from enrollment.models.profile_settings import of_a_revision


@dataclass(frozen=True)
class Consequences:
    """What saving an edit means for the devices: how many have the profile, whether it needs an erase to reach them.

    `newer` is a revision that somebody saved since the draft was begun.
    """

    device_count: int
    makes_revision: bool
    newer: ProfileRevision | None


def draft_consequences(draft: ProfileDraft, settings: Mapping[str, Any]) -> Consequences | None:
    """Said before saving (PB-1); None of a profile that is new."""
    profile = draft.profile
    if profile is None:
        return None
    current = profile.current
    return Consequences(
        device_count=Device.objects.filter(profile=profile).present().count(),
        makes_revision=current is None or current.settings_of_today() != of_a_revision(settings),
        newer=current if current and current.created_at > draft.created_at else None,
    )
