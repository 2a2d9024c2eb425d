from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.request_sync import SyncRefused, next_full_sync, sync_refusal
from enrollment.models import SyncKind, SyncRun, Token

# Of a token, what the end of a run changes.
OUTCOME = ("cursor", "cursor_at", "synced_at", "next_sync_at", "full_synced_at", "full_because")


@dataclass(frozen=True)
class SyncState:
    """How a token's sync stands (SYNC-10). Estimates are None unless a run has begun, or nobody can tell.

    `run` is the open or the last one; `refusal` why none may be started by hand, `next_full` when a full one may run.
    """

    run: SyncRun | None
    refusal: SyncRefused | None
    next_full: datetime | None
    per_second: int | None = None
    percent: int | None = None
    minutes: int | None = None


def sync_state(token: Token) -> SyncState:
    """What cockpit and program show of a token's sync. What the end of a run changes of the token is read anew."""
    run = token.sync_runs.open().first() or token.sync_runs.first()
    if run and not run.is_open:  # it may have ended since the token was read
        token.refresh_from_db(fields=OUTCOME)
    return SyncState(run, sync_refusal(token), next_full_sync(token), **(_estimate(run) if run else {}))


def _estimate(run: SyncRun) -> dict[str, int]:
    if not (run.is_open and run.started_at):
        return {}
    seconds = max((timezone.now() - run.started_at).total_seconds(), 1)
    found = {"per_second": round(run.received / seconds)}
    if run.kind == SyncKind.FULL and run.expected:
        found["percent"] = min(99, round(100 * run.received / run.expected))
        found["minutes"] = max(1, round((run.expected - run.received) / limits.APPLE_DEVICES_PER_MINUTE))
    return found
