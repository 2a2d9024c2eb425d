"""A place in a long list as an address says it; nobody has to understand it, and not everybody writes it as we did."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Model

from enrollment.models.keyset import BEFORE_ALL_TIMES, is_of_times

LAST_YEAR = 9998  # of those that every time zone can still tell
LAST_KEY = 2**63 - 1


def place_said(value: str | int | datetime | None, pk: int) -> str:
    """The place of the row with this value in the column that sorts."""
    said = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([said, pk]).encode()).decode().rstrip("=")


def place_meant(said: str | None, model: type[Model], column: str) -> tuple[Any, int] | None:
    """A place we gave in a list sorted by this column; None for anything else."""
    if not said:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        return (_reader(model, column)(value), pk) if type(pk) is int and abs(pk) <= LAST_KEY else None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None


def _reader(model: type[Model], column: str) -> Callable[[Any], Any]:
    """What makes a value of the column of what an address says; ValueError when that is none."""
    if is_of_times(model, column):
        return _time
    return partial(_of_kind, int if column == "pk" else str)


def _of_kind(kind: type[str | int], value: Any) -> Any:
    if type(value) is not kind or "\x00" in str(value) or (kind is int and abs(value) > LAST_KEY):
        raise ValueError
    if kind is str:
        value.encode()  # halves of characters are none
    return value


def _time(said: Any) -> datetime | None:
    moment = None if said is None else datetime.fromisoformat(said)
    if moment and not (moment.tzinfo and BEFORE_ALL_TIMES.year <= moment.year <= LAST_YEAR):
        raise ValueError
    return moment
