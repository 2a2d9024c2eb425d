from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.models import AuditEntry, Person, SyncKind, SyncRun, SyncTrigger, Token, TokenStatus

# A sync of such a token could only be refused; the remedy is somebody's, not the clock's.
CANNOT_SYNC = {
    TokenStatus.EXPIRED: gettext_noop("The token has expired: renew it first."),
    TokenStatus.REJECTED: gettext_noop("Apple rejects the token: renew it first."),
    TokenStatus.TERMS_NOT_SIGNED: gettext_noop("Apple's new terms must be accepted in the portal first."),
}


@dataclass
class SyncRefused(Exception):
    """Why no sync may be started by hand now, and until when (None: until somebody does something)."""

    sentence: str
    until: datetime | None = None
    details: dict[str, str | int] = field(default_factory=dict)


def sync_refusal(token: Token, *, full: bool = False, now: datetime | None = None) -> SyncRefused | None:
    """Why the button is disabled, if it is (SYNC-4, LIM-10, LIM-12)."""
    now = now or timezone.now()
    if sentence := CANNOT_SYNC.get(token.status):
        return SyncRefused(sentence)
    if token.sync_runs.open().exists():
        return SyncRefused(gettext_noop("A sync of this token is under way."))
    if full and (next_full := next_full_sync(token)) and next_full > now:
        return SyncRefused(gettext_noop("A full sync may run once in 7 days."), until=next_full)
    last = token.sync_runs.filter(trigger=SyncTrigger.MANUAL).values_list("asked_at", flat=True).first()
    if last and last + limits.MANUAL_SYNC_EVERY > now:
        return SyncRefused(
            gettext_noop("A sync by hand may run once in 15 minutes."), until=last + limits.MANUAL_SYNC_EVERY
        )
    return None


def next_full_sync(token: Token) -> datetime | None:
    """When the next full sync may run; None when it is due at once (LIM-10, SYNC-7)."""
    if token.full_synced_at is None or token.full_because or not token.cursor:
        return None
    return token.full_synced_at + limits.FULL_SYNC_EVERY


def kind_due(token: Token, now: datetime) -> SyncKind:
    """What the next sync has to be: a full one when seven days have passed, or when changes alone would not do."""
    next_full = next_full_sync(token)
    return SyncKind.FULL if next_full is None or next_full <= now else SyncKind.DELTA


def request_sync(
    token: Token, *, by: Person | None, full: bool = False, trigger: SyncTrigger = SyncTrigger.MANUAL
) -> SyncRun:
    """Write the wish for a sync; SyncRefused when a person asks too early. Asked twice, the open run is the answer."""
    now = timezone.now()
    if open_run := token.sync_runs.open().first():
        return open_run
    if trigger == SyncTrigger.MANUAL and (refusal := sync_refusal(token, full=full, now=now)):
        # Somebody may have asked between the two looks: then that run is the answer, and no refusal.
        if open_run := token.sync_runs.open().first():
            return open_run
        raise refusal
    kind = SyncKind.FULL if full else kind_due(token, now)
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                token=token,
                kind=kind,
                trigger=trigger,
                asked_by=by,
                because=token.full_because if kind == SyncKind.FULL else "",
                expected=token.devices.present().count() or None if kind == SyncKind.FULL else None,
            )
            AuditEntry.record("token.sync_asked", token, by=by, kind=kind.value, trigger=trigger.value)
    except IntegrityError:
        # one_open_sync_per_token: somebody was faster.
        return token.sync_runs.open().get()
    return run
