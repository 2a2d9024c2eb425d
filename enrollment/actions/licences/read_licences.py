from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.licences.name_apps import name_apps
from enrollment.actions.licences.note_location import note_location
from enrollment.actions.licences.note_unread import note_unread
from enrollment.apple.assets import Asset, ClientConfig
from enrollment.apple.errors import AppleError
from enrollment.connection import connect_content
from enrollment.models import Licences, VppToken

# An Apple that hangs holds a worker no longer than that.
TIMEOUT = (5.0, 20.0)
AT_ONCE = 500  # rows in one statement
_KEYS = ("vpp_token", "adam_id", "pricing_param")
_COUNTS = ("total", "assigned", "available", "retired")
_TOLD = (*_COUNTS, "product_type", "device_assignable", "revocable", "platforms")


def read_licences(token: VppToken) -> bool:
    """Ask Apple what the location owns, and keep it (VPP-1). False, the reason on the token, when Apple says no.

    One reader at a time; False, too, when another one has it. Cut off anywhere, it can simply be done again.
    """
    if not token.claim_reading():
        return False
    try:
        with connect_content(token, timeout=TIMEOUT) as apple:
            location, found = apple.client_config(), list(apple.assets())
            if not _store(token, location, found):
                return False
            name_apps(token, apple)
    except AppleError as error:
        note_unread(token, error)
        return False
    return True


def _store(token: VppToken, location: ClientConfig, found: Sequence[Asset]) -> bool:
    """All or nothing. Nothing when the reading took so long that it is not ours any more."""
    now = timezone.now()
    times = {"read_at": now, "next_read_at": now + limits.LICENCES_READ_EVERY}
    with transaction.atomic():
        if not note_location(token, location, by=None, **times):
            return False
        known = {(one.adam_id, one.pricing_param): one for one in token.licences.all()}
        rows = [_row(token, asset) for asset in found]
        told = {(row.adam_id, row.pricing_param) for row in rows}
        _write([row for row in rows if _differs(row, known.get((row.adam_id, row.pricing_param)))])
        gone = [row.pk for key, row in known.items() if key not in told]
        for start in range(0, len(gone), AT_ONCE):
            token.licences.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    return True


def _row(token: VppToken, asset: Asset) -> Licences:
    return Licences(
        vpp_token=token,
        adam_id=asset.adam_id,
        pricing_param=asset.pricing_param.value,
        total=asset.total,
        assigned=asset.assigned,
        available=asset.available,
        retired=asset.retired,
        product_type=asset.product_type.value,
        device_assignable=asset.device_assignable,
        revocable=asset.revocable,
        platforms=list(asset.platforms),
    )


def _differs(row: Licences, known: Licences | None) -> bool:
    return known is None or any(getattr(row, name) != getattr(known, name) for name in _TOLD)


def _write(rows: list[Licences]) -> None:
    """What it is called stays: Apple tells that elsewhere."""
    how: dict[str, Any] = {"update_conflicts": True, "unique_fields": _KEYS, "update_fields": _TOLD}
    Licences.objects.bulk_create(rows, batch_size=AT_ONCE, **how)
