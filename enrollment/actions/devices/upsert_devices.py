"""Apple's records in bulk, past the ORM: one guarded upsert for PostgreSQL and SQLite (design.md section 6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from enrollment.actions.devices.device_columns import COLUMNS, GIVEN, given, values
from enrollment.apple.messages import DeviceRecord
from enrollment.models import Device, DeviceEvent, EventKind, Token

_TABLE, _EVENTS = Device._meta.db_table, DeviceEvent._meta.db_table
_WRITTEN = ("token_id", "serial", *COLUMNS, *GIVEN, "op_at", "appeared_at")
_NAMES = ", ".join(_WRITTEN)
_LISTS = slice(COLUMNS.index("imei"), COLUMNS.index("meid") + 1)  # side by side among the values of a record
_TIMES = [
    place for place, name in enumerate(_WRITTEN) if isinstance(Device._meta.get_field(name), models.DateTimeField)
]
_as_json = json.JSONEncoder().encode


# A snapshot is how things are. Of changes, one that is older than what was applied is a repetition (SYNC-12).
_IS_NEWER = "excluded.op_at IS NULL OR d.op_at IS NULL OR excluded.op_at >= d.op_at"
# The page goes by the name an upsert has for its new rows, so that one text says everywhere what differs.
_SIDE_BY_SIDE = (
    f"page AS excluded LEFT JOIN {_TABLE} AS d ON d.token_id = excluded.token_id AND d.serial = excluded.serial"
)


@dataclass(frozen=True)
class Room:
    """How many of the new and of the changed devices are to be told by name."""

    added: int = 0
    updated: int = 0


_NO_ROOM = Room()


@dataclass(frozen=True)
class Written:
    """How many rows were new, and how many of the known ones were changed; the first of them by name."""

    added: int = 0
    updated: int = 0
    told_added: list[str] = field(default_factory=list)
    told_updated: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # serial → column → [before, after]


def upsert_devices(
    token: Token,
    records: Sequence[DeviceRecord],
    *,
    now: datetime,
    is_snapshot: bool,
    connection: BaseDatabaseWrapper,
    room: Room = _NO_ROOM,
) -> Written:
    """Write the records, one a serial number. Rows that are equal are not touched, nor locked."""
    if not records:
        return Written()
    is_postgresql = connection.vendor == "postgresql"
    has_changed = _has_changed("IS DISTINCT FROM" if is_postgresql else "IS NOT", is_snapshot=is_snapshot)
    with connection.cursor() as cursor:
        (_copy_to_postgresql if is_postgresql else _put_into_sqlite)(cursor, _rows(token, records, now))
        cursor.execute(
            "SELECT COUNT(*) FILTER (WHERE d.id IS NULL), "
            f"COUNT(*) FILTER (WHERE d.id IS NOT NULL AND {has_changed}) FROM {_SIDE_BY_SIDE}"
        )
        added, updated = cursor.fetchone()
        if not added and not updated:
            return Written()
        told_added = _new_ones(cursor, min(added, room.added))
        told_updated = _differences(cursor, has_changed, min(updated, room.updated))
        if updated:
            _note_events(cursor, has_changed)
        cursor.execute(_upsert("IS DISTINCT FROM" if is_postgresql else "IS NOT", has_changed))
        return Written(added, updated, told_added, told_updated)


def _has_changed(differs: str, *, is_snapshot: bool) -> str:
    """What makes a known row `d` worth writing. `differs` is the database's null-safe inequality."""
    changes = " OR ".join(
        [
            "d.released_at IS NOT NULL",
            *(f"d.{name} {differs} excluded.{name}" for name in COLUMNS),
            f"(excluded.op_at IS NOT NULL AND d.op_at {differs} excluded.op_at)",
        ]
    )
    return f"({changes})" if is_snapshot else f"({_IS_NEWER}) AND ({changes})"


def _upsert(differs: str, has_changed: str) -> str:
    """A device that came back, or that was assigned to the server anew, has lost its profile at Apple: what we asked
    for before is forgotten, what is wanted is kept (SYNC-9).
    """
    is_back = f"d.released_at IS NOT NULL OR d.assigned_at {differs} excluded.assigned_at"
    assignments = [
        *(f"{name} = excluded.{name}" for name in COLUMNS),
        *(f"{name} = CASE WHEN excluded.given_uuid = '' THEN d.{name} ELSE excluded.{name} END" for name in GIVEN),
        "op_at = COALESCE(excluded.op_at, d.op_at)",
        "appeared_at = CASE WHEN d.released_at IS NULL THEN d.appeared_at ELSE excluded.appeared_at END",
        "released_at = NULL",
        "released_by_replacement = FALSE",
        *(f"{name} = CASE WHEN {is_back} THEN '' ELSE d.{name} END" for name in ("asked_for", "answer")),
        *(f"{name} = CASE WHEN {is_back} THEN NULL ELSE d.{name} END" for name in ("next_try_at", "confirmed_at")),
    ]
    # WHERE TRUE: without it SQLite takes ON for a join's.
    return (
        f"INSERT INTO {_TABLE} AS d ({_NAMES}) SELECT {_NAMES} FROM page WHERE TRUE "
        f"ON CONFLICT (token_id, serial) DO UPDATE SET {', '.join(assignments)} WHERE {has_changed}"
    )


def _note_events(cursor: Any, has_changed: str) -> None:
    """Who came back, and whose profile at Apple is another one now (DEV-7), at the time Apple gives if it gives one."""
    events = {
        f"'{EventKind.RETURNED.value}', '', ''": "d.released_at IS NOT NULL",
        f"'{EventKind.AT_APPLE.value}', excluded.apple_profile_status, excluded.apple_profile_uuid": (
            "(d.apple_profile_status <> excluded.apple_profile_status"
            " OR d.apple_profile_uuid <> excluded.apple_profile_uuid)"
        ),
    }
    for told, happened in events.items():
        cursor.execute(
            f"INSERT INTO {_EVENTS} (token_id, serial, at, kind, value, uuid, because) SELECT excluded.token_id, "
            f"excluded.serial, COALESCE(excluded.op_at, excluded.appeared_at), {told}, '' FROM {_SIDE_BY_SIDE} "
            f"WHERE d.id IS NOT NULL AND {happened} AND {has_changed}"
        )


def _new_ones(cursor: Any, at_most: int) -> list[str]:
    if not at_most:
        return []
    cursor.execute(f"SELECT excluded.serial FROM {_SIDE_BY_SIDE} WHERE d.id IS NULL LIMIT %s", [at_most])
    return [serial for (serial,) in cursor.fetchall()]


def _differences(cursor: Any, has_changed: str, at_most: int) -> dict[str, dict[str, list[str]]]:
    if not at_most:
        return {}
    before, after = (", ".join(f"{side}.{name}" for name in COLUMNS) for side in ("d", "excluded"))
    cursor.execute(
        f"SELECT d.serial, d.released_at, {before}, {after} FROM {_SIDE_BY_SIDE} "
        f"WHERE d.id IS NOT NULL AND {has_changed} LIMIT %s",
        [at_most],
    )
    told = {}
    for serial, *found in cursor.fetchall():
        released_at, *both = map(_as_told, found)
        pairs = zip(COLUMNS, both[: len(COLUMNS)], both[len(COLUMNS) :], strict=True)
        differences = {name: [old, new] for name, old, new in pairs if old != new}
        told[serial] = {"released_at": [released_at, ""], **differences} if released_at else differences
    return told


def _as_told(value: Any) -> str:
    """As SQLite keeps it: times in UTC without saying so, truth as 1 or 0."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def _rows(token: Token, records: Sequence[DeviceRecord], now: datetime) -> Iterator[tuple[Any, ...]]:
    """In the order of _WRITTEN; lists as the JSON both databases keep."""
    key = token.pk
    for record in records:
        said = values(record)
        lists = [_as_json(found) if found else "[]" for found in said[_LISTS]]
        before, after = said[: _LISTS.start], said[_LISTS.stop :]
        yield (key, record.serial, *before, *lists, *after, *given(record, now), record.op_date, now)


def _copy_to_postgresql(cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    # One for the whole connection: making it anew for every page would fill the database's catalogues.
    cursor.execute(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS page ON COMMIT DELETE ROWS AS SELECT {_NAMES} FROM {_TABLE} WITH NO DATA"
    )
    cursor.execute("DELETE FROM pg_temp.page")
    with cursor.copy(f"COPY page ({_NAMES}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _put_into_sqlite(cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS page AS SELECT {_NAMES} FROM {_TABLE} WHERE FALSE")
    cursor.execute("DELETE FROM temp.page")
    places = ", ".join(["%s"] * len(_WRITTEN))
    cursor.executemany(f"INSERT INTO temp.page VALUES ({places})", [_as_sqlite_keeps_it(row) for row in rows])


def _as_sqlite_keeps_it(row: tuple[Any, ...]) -> list[Any]:
    """Times as Django's own columns are written, so that equal values compare equal."""
    kept = list(row)
    for place in _TIMES:
        if kept[place] is not None:
            kept[place] = kept[place].replace(tzinfo=None).isoformat(" ")
    return kept
