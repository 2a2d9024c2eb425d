from datetime import datetime

from django.db import connection

from enrollment.actions.devices.note_events import note_events
from enrollment.models import Device, EventKind, SeenSerials, Token

AT_ONCE = 1_000
_ABSENT = "SELECT serial, id FROM enrollment_device WHERE token_id = %s AND released_at IS NULL AND NOT"
# Said to each database so that it passes once over both sides, and the worker holds neither in its memory.
_STATEMENTS = {
    "postgresql": f"{_ABSENT} EXISTS (SELECT FROM enrollment_seenserials AS seen, "
    "jsonb_array_elements_text(seen.serials) AS one WHERE seen.token_id = %s AND one = enrollment_device.serial)",
    "sqlite": f"{_ABSENT} serial IN (SELECT one.value FROM enrollment_seenserials AS seen, "
    "json_each(seen.serials) AS one WHERE seen.token_id = %s)",
}


def release_absent(token: Token, now: datetime) -> list[str]:
    """Mark the devices that no page of the complete full sync named: they have left the server (SYNC-2, SYNC-9)."""
    absent = dict(_absent(token))
    keys = list(absent.values())
    for start in range(0, len(keys), AT_ONCE):
        Device.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(released_at=now)
    note_events(token, absent, EventKind.RELEASED, at=now)
    SeenSerials.objects.filter(token=token).delete()
    return list(absent)


def _absent(token: Token) -> list[tuple[str, int]]:
    """Serial number and key of each. In the transaction of the caller, whose planner is told to hash."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It takes an unpacked list for a short one, and would go through it anew for each device.
            cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_STATEMENTS[connection.vendor], [token.pk, token.pk])
        absent = sorted(cursor.fetchall())
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_nestloop = on")
    return absent
