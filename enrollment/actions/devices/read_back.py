from datetime import datetime

from django.db import transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.device_columns import COLUMNS, GIVEN, columns, given
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import DeviceRecord
from enrollment.connection import connect
from enrollment.models import Answer, Device, Token


def read_back(token: Token) -> None:
    """Ask Apple whether what it accepted shows by now (DEV-4). What never shows has failed, and is said so."""
    with connect(token) as apple:
        while due := list(Device.objects.filter(token=token).to_read_back(timezone.now())[: limits.SERIALS_PER_CALL]):
            try:
                found = apple.device_details([device.serial for device in due])
            except AppleError as error:
                return note_refusal(token, error)
            _write(token, due, found, timezone.now())
    return None


def _write(token: Token, due: list[Device], found: dict[str, DeviceRecord | None], now: datetime) -> None:
    for device in due:
        record = found.get(device.serial)
        if record is not None:
            for name, value in columns(record).items():
                setattr(device, name, value)
            uuid, at = given(record, now)
            if uuid:
                device.given_uuid, device.given_at = uuid, at
        _look_again_later(device, now)
    names = [*COLUMNS, *GIVEN, "answer", "tries", "next_try_at"]
    with transaction.atomic():
        Device.objects.bulk_update(due, names, batch_size=100)
        confirm_seen(token)


def _look_again_later(device: Device, now: datetime) -> None:
    """Until it shows; confirm_seen takes out those that do."""
    device.tries += 1
    if device.tries < len(limits.READ_BACK_AFTER):
        device.next_try_at = now + limits.READ_BACK_AFTER[device.tries]
    else:
        device.answer, device.next_try_at = Answer.NOT_SEEN, now + limits.ASK_AGAIN_AFTER[-1]
