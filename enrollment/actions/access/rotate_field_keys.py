from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from enrollment.encryption import KeyMissing, is_current, rotate
from enrollment.models import AuditEntry, Installation, Person
from enrollment.models.sealed_columns import holds_texts, sealed_columns

PORTION = 500
_FERNET = "gAAAA"  # how every sealed text begins: its version and the first bits of its time


@dataclass
class Rotation:
    """What became of the secrets of one column."""

    column: str
    rotated: int = 0
    current: int = 0  # under the first key already
    unreadable: int = 0  # of none of the keys on the ring


def rotate_field_keys(*, by: Person | None) -> list[Rotation]:
    """Put every secret under the first of the FIELD_KEYS. Killed anywhere, it is simply done again."""
    found = [_rotate(model, column) for model, column in sealed_columns()]
    AuditEntry.record(
        "installation.field_keys_rotated",
        Installation,
        by=by,
        rotated=sum(one.rotated for one in found),
        unreadable=sum(one.unreadable for one in found),
    )
    return found


def _rotate(model: type[Model], column: str) -> Rotation:
    told = Rotation(f"{model._meta.db_table}.{column}")
    for portion in _portions(model, column):
        with transaction.atomic():
            for key, value in portion:
                _put_under_first(model, column, key, value, told)
    return told


def _portions(model: type[Model], column: str) -> Iterator[list[tuple[Any, Any]]]:
    """Keys and values, a portion at a time, by key: rows that come meanwhile are under the first key anyway."""
    rows = model._default_manager.order_by("pk").values_list("pk", column)
    portion = list(rows[:PORTION])
    while portion:
        yield portion
        portion = list(rows.filter(pk__gt=portion[-1][0])[:PORTION])


def _put_under_first(model: type[Model], column: str, key: Any, value: Any, told: Rotation) -> None:
    new = _texts(value, told) if holds_texts(model, column) else _secret(bytes(value or b""), told)
    if new is not None and new != value:
        # Written only where it still stands as it was read: what somebody has put there meanwhile is newer.
        changed = model._default_manager.filter(pk=key, **{column: value}).update(**{column: new})
        told.rotated += changed


def _secret(sealed: bytes, told: Rotation) -> bytes | None:
    """Under the first key; None where there is nothing to do."""
    if not sealed:
        return None
    if is_current(sealed):
        told.current += 1
        return None
    try:
        return rotate(sealed)
    except KeyMissing:
        told.unreadable += 1
        return None


def _texts(value: Any, told: Rotation) -> Any:
    """The same JSON, its sealed texts under the first key."""
    if isinstance(value, dict):
        return {name: _texts(one, told) for name, one in value.items()}
    if isinstance(value, list):
        return [_texts(one, told) for one in value]
    if not isinstance(value, str) or not value.startswith(_FERNET):
        return value
    new = _secret(value.encode(), told)
    return value if new is None else new.decode()
