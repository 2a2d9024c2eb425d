from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = object()


@dataclass(frozen=True)
class KeyDifference:
    """One key of two payloads that is not the same; a side that does not have it is None in `has_…`."""

    key: str
    before: Any
    after: Any

    @property
    def has_before(self) -> bool:
        return self.before is not ABSENT

    @property
    def has_after(self) -> bool:
        return self.after is not ABSENT


def payload_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[KeyDifference]:
    """The keys whose values differ, in alphabetical order; lists are compared without their order."""
    pairs = ((key, before.get(key, ABSENT), after.get(key, ABSENT)) for key in sorted(before.keys() | after.keys()))
    return [KeyDifference(key, one, other) for key, one, other in pairs if _comparable(one) != _comparable(other)]


def _comparable(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value
