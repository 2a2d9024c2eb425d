"""Apple's records in bulk, past the ORM: one guarded upsert for PostgreSQL and SQLite (design.md section 6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from enrollment.actions.devices.device_columns import COLUMNS, GIVEN, given, values
from enrollment.apple.messages import DeviceRecord
from enrollment.models import Device, Token

_TABLE = Device._meta.db_table
_WRITTEN = ("token_id", "serial", *COLUMNS, *GIVEN, "op_at", "appeared_at")
_LISTS = slice(COLUMNS.index("imei"), COLUMNS.index("meid") + 1)  # side by side among the values of a record
_TIMES = [
    place for place, name in enumerate(_WRITTEN) if isinstance(Device._meta.get_field(name), models.DateTimeField)
]
_as_json = json.JSONEncoder().encode


@dataclass(frozen=True)
class Written:
    """How many rows were new, and how many of the known ones were changed."""

    added: int = 0
    updated: int = 0


def _statement(source: str, differs: str, *, is_snapshot: bool) -> str:
    """The upsert. `differs` is the database's null-safe inequality.

    A device that came back, or that was assigned to the server anew, has lost its profile at Apple: what we asked
    for before is forgotten, what is wanted is kept (SYNC-9).
    """
    is_back = f"d.released_at IS NOT NULL OR d.assigned_at {differs} excluded.assigned_at"
    assignments = [
        *(f"{name} = excluded.{name}" for name in COLUMNS),
        *(f"{name} = CASE WHEN excluded.given_uuid = '' THEN d.{name} ELSE excluded.{name} END" for name in GIVEN),
        "op_at = COALESCE(excluded.op_at, d.op_at)",
        "appeared_at = CASE WHEN d.released_at IS NULL THEN d.appeared_at ELSE excluded.appeared_at END",
        "released_at = NULL",
        *(f"{name} = CASE WHEN {is_back} THEN '' ELSE d.{name} END" for name in ("asked_for", "answer")),
        *(f"{name} = CASE WHEN {is_back} THEN NULL ELSE d.{name} END" for name in ("next_try_at", "confirmed_at")),
    ]
    has_changed = " OR ".join(
        [
            "d.released_at IS NOT NULL",
            *(f"d.{name} {differs} excluded.{name}" for name in COLUMNS),
            f"(excluded.op_at IS NOT NULL AND d.op_at {differs} excluded.op_at)",
        ]
    )
    # A snapshot is how things are. Of changes, one that is older than what was applied is a repetition (SYNC-12).
    is_newer = "" if is_snapshot else "(excluded.op_at IS NULL OR d.op_at IS NULL OR excluded.op_at >= d.op_at) AND "
    return (
        f"INSERT INTO {_TABLE} AS d ({', '.join(_WRITTEN)}) {source} "
        f"ON CONFLICT (token_id, serial) DO UPDATE SET {', '.join(assignments)} WHERE {is_newer}({has_changed})"
    )


def upsert_devices(
    token: Token,
    records: Sequence[DeviceRecord],
    *,
    now: datetime,
    is_snapshot: bool,
    connection: BaseDatabaseWrapper,
) -> Written:
    """Write the records, one a serial number. Equal rows are not touched."""
    if not records:
        return Written()
    write = _write_to_postgresql if connection.vendor == "postgresql" else _write_to_sqlite
    return write(_rows(token, records, now), is_snapshot=is_snapshot, connection=connection)


def _rows(token: Token, records: Sequence[DeviceRecord], now: datetime) -> Iterator[tuple[Any, ...]]:
    """In the order of _WRITTEN; lists as the JSON both databases keep."""
    key = token.pk
    for record in records:
        said = values(record)
        lists = [_as_json(found) if found else "[]" for found in said[_LISTS]]
        before, after = said[: _LISTS.start], said[_LISTS.stop :]
        yield (key, record.serial, *before, *lists, *after, *given(record, now), record.op_date, now)


def _write_to_postgresql(
    rows: Iterator[tuple[Any, ...]], *, is_snapshot: bool, connection: BaseDatabaseWrapper
) -> Written:
    names = ", ".join(_WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS page")
        cursor.execute(f"CREATE TEMPORARY TABLE page ON COMMIT DROP AS SELECT {names} FROM {_TABLE} WITH NO DATA")
        with cursor.copy(f"COPY page ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        upsert = _statement(f"SELECT {names} FROM page", "IS DISTINCT FROM", is_snapshot=is_snapshot)
        # A row that no transaction has ended before (xmax 0) is a new one.
        cursor.execute(
            f"WITH written AS ({upsert} RETURNING (xmax = 0) AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
        )
        return Written(*cursor.fetchone())


def _write_to_sqlite(rows: Iterator[tuple[Any, ...]], *, is_snapshot: bool, connection: BaseDatabaseWrapper) -> Written:
    places = ", ".join(["%s"] * len(_WRITTEN))
    statement = _statement(f"VALUES ({places})", "IS NOT", is_snapshot=is_snapshot)
    with connection.cursor() as cursor:
        # SQLite does not tell new rows from changed ones: new are those above the highest key of before.
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {_TABLE}")
        highest = cursor.fetchone()[0]
        cursor.executemany(statement, [_as_sqlite_keeps_it(row) for row in rows])
        written = int(cursor.rowcount)
        cursor.execute(f"SELECT COUNT(*) FROM {_TABLE} WHERE id > %s", [highest])
        added = cursor.fetchone()[0]
        return Written(added, written - added)


def _as_sqlite_keeps_it(row: tuple[Any, ...]) -> list[Any]:
    """Times as Django's own columns are written, so that equal values compare equal."""
    kept = list(row)
    for place in _TIMES:
        if kept[place] is not None:
            kept[place] = kept[place].replace(tzinfo=None).isoformat(" ")
    return kept
