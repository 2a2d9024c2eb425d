from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.note_events import note_events
from enrollment.actions.devices.upsert_devices import upsert_devices
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import DeviceRecord
from enrollment.connection import connect
from enrollment.models import Answer, Device, EventKind, Token


class TakenOver(Exception):
    """Another worker reconciles this token: nothing was written."""


def read_back(token: Token, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Ask Apple whether what it accepted shows by now (DEV-4). What never shows has failed, and is said so.

    The caller holds the token's lease; TakenOver when it was lost.
    """
    with connect(token) as apple:
        for due in _due(token):
            try:
                found = apple.device_details(list(due))
            except AppleError as error:
                return note_refusal(token, error)
            _write(token, due, found, timezone.now())
            if stop():
                break
    return None


def _due(token: Token) -> Iterator[dict[str, int]]:
    """Serial number → how often it was looked at, at most 1,000 at a time, those first that waited longest."""
    sent = Device.objects.filter(token=token)
    while rows := list(
        sent.to_read_back(timezone.now())
        .order_by("next_try_at")
        .values_list("serial", "tries")[: limits.SERIALS_PER_LOOK]
    ):
        for start in range(0, len(rows), limits.SERIALS_PER_CALL):
            yield dict(rows[start : start + limits.SERIALS_PER_CALL])


def _write(token: Token, due: dict[str, int], found: dict[str, DeviceRecord | None], now: datetime) -> None:
    with transaction.atomic():
        if not token.renew_reconcile():
            raise TakenOver
        devices = Device.objects.filter(token=token, serial__in=list(due)).present()
        # Who was deleted or released in the meantime does not come back by this.
        records = [record for serial in devices.values_list("serial", flat=True) if (record := found.get(serial))]
        upsert_devices(token, records, now=now, is_snapshot=True, connection=connection)
        confirm_seen(devices)
        _look_again_later(token, due, now)


def _look_again_later(token: Token, due: dict[str, int], now: datetime) -> None:
    """Until it shows."""
    alike = defaultdict(list)
    for serial, tries in due.items():
        alike[tries + 1].append(serial)
    for tries, serials in alike.items():
        not_seen = Device.objects.filter(
            token=token, serial__in=serials, answer=Answer.SUCCESS, confirmed_at=None, next_try_at__isnull=False
        )
        if tries < len(limits.READ_BACK_AFTER):
            not_seen.update(tries=tries, next_try_at=now + limits.READ_BACK_AFTER[tries])
        else:
            never = list(not_seen.values_list("serial", flat=True))
            not_seen.update(tries=tries, answer=Answer.NOT_SEEN, next_try_at=now + limits.ASK_AGAIN_AFTER[-1])
            note_events(token, never, EventKind.ANSWERED, at=now, value=Answer.NOT_SEEN.value)
