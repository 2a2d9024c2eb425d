from dataclasses import dataclass, field
from typing import Any

from enrollment.apple.errors import AppleError
from enrollment.connection import connect
from enrollment.models import ProfileRevision
from enrollment.models.payload_difference import KeyDifference, payload_differences

# Apple's own additions to what it was sent, and what it does not give back (apple-protocols.md 3.5).
_NOT_COMPARED = ("profile_uuid", "devices")


@dataclass(frozen=True)
class AppleSide:
    """What Apple has of a revision now, and where that is not what was sent; `refusal` when it did not say."""

    payload: dict[str, Any] = field(default_factory=dict)
    differences: list[KeyDifference] = field(default_factory=list)
    defaults: list[KeyDifference] = field(default_factory=list)
    refusal: AppleError | None = None


def ask_apple_for_profile(revision: ProfileRevision) -> AppleSide:
    """Read Apple's copy of a revision and hold it against what was sent. Changes nothing."""
    try:
        with connect(revision.profile.token) as apple:
            found = apple.get_profile(revision.apple_uuid)
    except AppleError as error:
        return AppleSide(refusal=error)
    compared = {key: value for key, value in found.items() if key not in _NOT_COMPARED}
    differing = payload_differences(revision.payload, compared)
    return AppleSide(
        payload=found,
        differences=[one for one in differing if one.has_before],
        defaults=[one for one in differing if not one.has_before],
    )
