from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.note_events import note_events
from enrollment.actions.devices.upsert_devices import Room, upsert_devices
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.client import Client
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import DeviceRecord, Replacement, time
from enrollment.connection import connect
from enrollment.models import AuditEntry, Device, EventKind, Person, Token

ACTION = "device.refreshed"
TIMEOUT = (3, 5)  # seconds: somebody waits
MINUTE = timedelta(minutes=1)
# Of one person, of one token.
TOO_OFTEN = (
    gettext_noop("You may ask Apple about %(most)d devices a minute."),
    gettext_noop("Apple is asked as this token about %(most)d devices a minute at the most."),
)


@dataclass
class RefreshRefused(Exception):
    """Why Apple is not asked about this device now, and when it may be."""

    sentence: str
    until: datetime
    details: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refreshed:
    """What reading a device changed: column → [before, after] as texts; `is_gone` when Apple no longer has it."""

    differences: dict[str, list[str]] = field(default_factory=dict)
    is_gone: bool = False


def refresh_device(device: Device, *, by: Person | None) -> Refreshed:
    """Ask Apple about this one device, and write down what it says (DEV-7). RefreshRefused, AppleError.

    Not a sync: the quarter of an hour between those does not cover it, a limit per person and token does.
    """
    _take_a_turn(device, by)
    try:
        with connect(device.token, timeout=TIMEOUT) as apple:
            record = apple.device_details([device.serial])[device.serial]
            replacement = _replacement(apple, record)
    except AppleError as error:
        note_refusal(device.token, error)
        raise
    with transaction.atomic():
        if record is None:
            return _gone(device)
        return _write(device, record, replacement, by)


def _take_a_turn(device: Device, by: Person | None) -> None:
    """Asking counts whatever comes of it: the entry is written before Apple is asked."""
    since = timezone.now() - MINUTE
    last_minute = AuditEntry.objects.filter(action=ACTION, at__gt=since)
    whose = (last_minute.filter(person=by), last_minute.filter(token=device.token))
    for entries, most, sentence in zip(whose, limits.REFRESHES_PER_MINUTE, TOO_OFTEN, strict=True):
        asked = list(entries.order_by("at").values_list("at", flat=True))
        if len(asked) >= most:
            raise RefreshRefused(sentence, asked[-most] + MINUTE, {"most": most})
    AuditEntry.record(ACTION, device, by=by)


def _replacement(apple: Client, record: DeviceRecord | None) -> Replacement | None:
    if record is None or not record.is_replacement:
        return None
    try:
        return apple.replacement_details(record.serial)
    except AppleError:
        return None  # what was read is not lost for it


def _gone(device: Device) -> Refreshed:
    """It is not on this server (apple-protocols.md 3.5): the next sync decides whether it comes back."""
    now = timezone.now()
    if Device.objects.filter(pk=device.pk, released_at=None).update(released_at=now):
        note_events(device.token, [device.serial], EventKind.RELEASED, at=now)
    return Refreshed(is_gone=True)


def _write(device: Device, record: DeviceRecord, replacement: Replacement | None, by: Person | None) -> Refreshed:
    now, token = timezone.now(), Token.objects.get(pk=device.token_id)
    room = Room(updated=1)
    written = upsert_devices(token, [record], now=now, is_snapshot=True, connection=connection, room=room)
    mine = Device.objects.filter(pk=device.pk)
    confirm_seen(mine)
    if replacement:
        replaced_at = time(replacement.date)
        mine.update(replaces_serial=replacement.original_serial[:32], replaced_on=replaced_at and replaced_at.date())
    note_events(token, [device.serial], EventKind.REFRESHED, at=now, by=by)
    return Refreshed(written.told_updated.get(device.serial, {}))
