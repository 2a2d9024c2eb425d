"""Apple's records in bulk, past the ORM: one guarded upsert for PostgreSQL and SQLite (design.md section 6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from enrollment.actions.devices.device_columns import COLUMNS, GIVEN, columns, given
from enrollment.apple.messages import DeviceRecord
from enrollment.models import Device, Token

_TABLE = Device._meta.db_table
_LISTS = ("imei", "meid")
_AT_ONCE = 900  # older SQLite takes 999 parameters
_WRITTEN = ("token_id", "serial", *COLUMNS, *GIVEN, "op_at", "appeared_at")


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


def _rows(token: Token, records: Sequence[DeviceRecord], now: datetime) -> Iterator[list[Any]]:
    for record in records:
        values = columns(record)
        yield [token.pk, record.serial, *(values[name] for name in COLUMNS), *given(record, now), record.op_date, now]


def _write_to_postgresql(rows: Iterator[list[Any]], *, is_snapshot: bool, connection: BaseDatabaseWrapper) -> Written:
    names = ", ".join(_WRITTEN)
    lists = [_WRITTEN.index(name) for name in _LISTS]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS page")
        cursor.execute(f"CREATE TEMPORARY TABLE page ON COMMIT DROP AS SELECT {names} FROM {_TABLE} WITH NO DATA")
        with cursor.copy(f"COPY page ({names}) FROM STDIN") as copy:
            for row in rows:
                for place in lists:
                    row[place] = json.dumps(row[place]) if row[place] else "[]"
                copy.write_row(row)
        upsert = _statement(f"SELECT {names} FROM page", "IS DISTINCT FROM", is_snapshot=is_snapshot)
        # A row that no transaction has ended before (xmax 0) is a new one.
        cursor.execute(
            f"WITH written AS ({upsert} RETURNING (xmax = 0) AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
        )
        return Written(*cursor.fetchone())


def _write_to_sqlite(rows: Iterator[list[Any]], *, is_snapshot: bool, connection: BaseDatabaseWrapper) -> Written:
    places = ", ".join(["%s"] * len(_WRITTEN))
    statement = _statement(f"VALUES ({places})", "IS NOT", is_snapshot=is_snapshot)
    values = [[_as_sqlite_keeps_it(value) for value in row] for row in rows]
    with connection.cursor() as cursor:
        # SQLite does not tell new rows from changed ones: those it knows are counted before.
        known = 0
        for start in range(0, len(values), _AT_ONCE):
            serials = [row[1] for row in values[start : start + _AT_ONCE]]
            marks = ", ".join(["%s"] * len(serials))
            cursor.execute(
                f"SELECT count(*) FROM {_TABLE} WHERE token_id = %s AND serial IN ({marks})", [values[0][0], *serials]
            )
            known += cursor.fetchone()[0]
        cursor.executemany(statement, values)
        added = len(values) - known
        return Written(added, int(cursor.rowcount) - added)


def _as_sqlite_keeps_it(value: Any) -> Any:
    """As Django's own columns are written, so that equal values compare equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, list):
        return json.dumps(value) if value else "[]"
    return value
