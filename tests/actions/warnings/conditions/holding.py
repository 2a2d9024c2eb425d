"""What the tests of conditions ask."""

from datetime import UTC, datetime
from typing import Any

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Person

START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


def holding(condition: str, person: Person | None = None) -> list[StandingWarning]:
    """What holds of a condition, for the clock or a person."""
    return [warning for warning in current_warnings(person) if warning.condition.id == condition]


def the(condition: str, person: Person | None = None) -> StandingWarning:
    """The one that holds."""
    (warning,) = holding(condition, person)
    return warning


def conditions(person: Person | None = None) -> list[Any]:
    """The ids of all that hold, in their order."""
    return [warning.condition.id for warning in current_warnings(person)]
