from django.db import transaction
from django.utils import timezone

from enrollment.actions.devices.next_sync_time import next_sync_time
from enrollment.actions.devices.release_absent import release_absent
from enrollment.actions.devices.store_page import TakenOver, told_released
from enrollment.models import PageInHand, SyncChange, SyncKind, SyncPhase, SyncRun, SyncStatus, Token


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
                absent = release_absent(run.token, now)
            SyncChange.objects.bulk_create(told_released(run, absent))
            known |= {"full_synced_at": now, "full_because": ""}
        Token.objects.filter(pk=run.token_id).update(**known)
        PageInHand.objects.filter(run=run).delete()
        run.renew(status=SyncStatus.DONE, finished_at=now, released=run.released + len(absent))
