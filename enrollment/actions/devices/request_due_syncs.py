from django.db.models import Q
from django.utils import timezone

from enrollment.actions.devices.request_sync import CANNOT_SYNC, request_sync
from enrollment.models import SyncRun, SyncTrigger, Token
from enrollment.models.sync_run import OPEN

AT_ONCE = 50  # a tick of the clock; the rest follows a minute later


def request_due_syncs() -> list[SyncRun]:
    """Write a run for every token whose time has come (SYNC-2, SYNC-3)."""
    now = timezone.now()
    due = (
        Token.objects.not_in_status(*CANNOT_SYNC)
        .filter(Q(next_sync_at=None) | Q(next_sync_at__lte=now), verified_at__isnull=False)
        .exclude(pk__in=SyncRun.objects.filter(status__in=OPEN).values("token_id"))
        .order_by("next_sync_at")
    )
    return [request_sync(token, by=None, trigger=SyncTrigger.CLOCK) for token in due[:AT_ONCE]]
