from datetime import datetime

from django.db import transaction
from django.utils import timezone

from enrollment.actions.devices.next_sync_time import next_sync_time
from enrollment.actions.devices.store_page import TakenOver, told_released
from enrollment.models import Device, SeenSerials, SyncChange, SyncKind, SyncPhase, SyncRun, SyncStatus, Token

AT_ONCE = 1_000


def finish_sync(run: SyncRun) -> None:
    """Close a run whose last page is stored. A complete full sync tells who is gone (SYNC-2); TakenOver if not ours."""
    now = timezone.now()
    with transaction.atomic():
        if not run.renew():
            raise TakenOver
        known = {
            "cursor": run.cursor,
            "cursor_at": now,
            "synced_at": now,
            "next_sync_at": next_sync_time(run.token, now),
        }
        absent: list[str] = []
        if run.kind == SyncKind.FULL:
            with run.timed(SyncPhase.CLOSING):
                absent = _release_the_absent(run.token, now)
            SyncChange.objects.bulk_create(told_released(run, absent))
            known |= {"full_synced_at": now, "full_because": ""}
        Token.objects.filter(pk=run.token_id).update(**known)
        run.renew(status=SyncStatus.DONE, finished_at=now, released=run.released + len(absent))


def _release_the_absent(token: Token, now: datetime) -> list[str]:
    """Devices known here that no page of the complete sync named have left the server (SYNC-9)."""
    seen_pages = SeenSerials.objects.filter(token=token)
    absent = dict(token.devices.present().values_list("serial", "pk").iterator(chunk_size=10_000))
    for serials in seen_pages.values_list("serials", flat=True).iterator(chunk_size=10):
        for serial in serials:
            absent.pop(serial, None)
    keys = list(absent.values())
    for start in range(0, len(keys), AT_ONCE):
        Device.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(released_at=now)
    seen_pages.delete()
    return list(absent)
