from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.note_events import note_events
from enrollment.actions.devices.upsert_devices import Room, upsert_devices
from enrollment.apple.messages import DevicePage, DeviceRecord
from enrollment.models import ChangeKind, Device, EventKind, SeenSerials, SyncChange, SyncKind, SyncRun, Token

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class TakenOver(Exception):
    """Another worker has the run: nothing of this page was written."""


@dataclass
class Counts:
    """What a page did to the devices."""

    added: int = 0
    updated: int = 0
    released: int = 0
    unchanged: int = 0
    told: list[SyncChange] = field(default_factory=list)


def store_page(page: DevicePage, run: SyncRun) -> None:
    """One transaction: devices, cursor and progress. TakenOver, and nothing written, when the run is no longer ours."""
    records = newest_of_each(page.devices)
    now = timezone.now()
    with transaction.atomic():
        if not run.renew():
            raise TakenOver
        commit_without_waiting_for_the_disk()
        counts = _store(records, run, now)
        SyncChange.objects.bulk_create(counts.told)
        run.renew(
            cursor=page.cursor,
            pages=run.pages + 1,
            received=run.received + len(page.devices),
            added=run.added + counts.added,
            updated=run.updated + counts.updated,
            released=run.released + counts.released,
            unchanged=run.unchanged + counts.unchanged,
            waits=0,
            trouble_sentence="",
            trouble_advice="",
        )
        if run.kind == SyncKind.DELTA:
            # Changes are applied once and for all: the token goes on from here whatever becomes of the run.
            Token.objects.filter(pk=run.token_id).update(cursor=page.cursor, cursor_at=now)


def commit_without_waiting_for_the_disk() -> None:
    """A server that crashes takes the page back together with its cursor; what is committed later waits for both."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def newest_of_each(records: list[DeviceRecord]) -> list[DeviceRecord]:
    """One record for each serial number: the newest operation; of equal ones the later in the page (SYNC-12)."""
    newest: dict[str, DeviceRecord] = {}
    for record in records:
        known = newest.get(record.serial)
        if record.serial and (known is None or (record.op_date or _EARLIEST) >= (known.op_date or _EARLIEST)):
            newest[record.serial] = record
    return list(newest.values())


def _store(records: list[DeviceRecord], run: SyncRun, now: datetime) -> Counts:
    if run.kind == SyncKind.FULL:
        return _store_snapshot(records, run, now)
    gone = [record for record in records if record.op_type == "deleted"]
    here = [record for record in records if record.op_type != "deleted"]
    counts = _upsert(here, run, now, is_snapshot=False)
    released = _release(gone, run.token, now)
    counts.released = len(released)
    counts.unchanged += len(gone) - counts.released
    counts.told += told_released(run, released)
    return counts


def told_released(run: SyncRun, serials: list[str]) -> list[SyncChange]:
    """The first of them by name, as far as the run has room."""
    room = max(0, limits.CHANGES_TOLD - run.released)
    return [SyncChange(run=run, kind=ChangeKind.RELEASED, serial=serial) for serial in serials[:room]]


def _store_snapshot(records: list[DeviceRecord], run: SyncRun, now: datetime) -> Counts:
    if run.pages == 0 and run.continues_id is None:
        SeenSerials.objects.filter(token=run.token).delete()
    SeenSerials.objects.create(token=run.token, page=run.pages, serials=[record.serial for record in records])
    # A fetch lists what is there; an op_type in it (SYNC-12) says nothing.
    return _upsert(records, run, now, is_snapshot=True)


def _upsert(records: list[DeviceRecord], run: SyncRun, now: datetime, *, is_snapshot: bool) -> Counts:
    room = Room(max(0, limits.CHANGES_TOLD - run.added), max(0, limits.CHANGES_TOLD - run.updated))
    written = upsert_devices(run.token, records, now=now, is_snapshot=is_snapshot, connection=connection, room=room)
    told = [SyncChange(run=run, kind=ChangeKind.ADDED, serial=serial) for serial in written.told_added]
    told += [
        SyncChange(run=run, kind=ChangeKind.UPDATED, serial=serial, differences=differences)
        for serial, differences in written.told_updated.items()
    ]
    unchanged = len(records) - written.added - written.updated
    return Counts(added=written.added, updated=written.updated, unchanged=unchanged, told=told)


def _release(records: list[DeviceRecord], token: Token, now: datetime) -> list[str]:
    """Mark what left the server; the record may hold nothing but its serial number, so nothing else is touched."""
    released = []
    for record in records:
        present = Device.objects.filter(token=token, serial=record.serial, released_at=None)
        if record.op_date:
            present = present.exclude(op_at__gt=record.op_date)
        left_at, is_replaced = record.op_date or now, record.released_by_replacement
        gone = {"released_at": left_at, "op_at": record.op_date or F("op_at"), "released_by_replacement": is_replaced}
        if present.update(**gone):
            released.append(record.serial)
            note_events(token, [record.serial], EventKind.RELEASED, at=left_at)
    return released
