from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from enrollment.actions.audit.seal_audit import chain_key, locked_head, seal_audit
from enrollment.models import AuditEntry

PORTION = 10_000
# The oldest may stay so much longer: the log tells of one deletion a day, not of one an hour.
A_DAY = timedelta(days=1)
_DELETE = f"DELETE FROM {AuditEntry._meta.db_table} WHERE number <= %s"  # noqa: S608 - our table


def purge_audit(*, portion: int = PORTION) -> int:
    """Delete the entries that are older than AUDIT_KEPT_DAYS, from the front of the chain; how many.

    The chain hash of the last one is kept: from there on the rest can still be verified. Each portion records itself.
    """
    if not settings.AUDIT_KEPT_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)
    head = seal_audit()
    first = AuditEntry.objects.sealed().filter(number__gt=head.purged_number).first()
    if first is None or first.at >= before - A_DAY:
        return 0
    deleted = 0
    while count := _purge(before, portion):
        deleted += count
    return deleted


@transaction.atomic
def _purge(before: datetime, portion: int) -> int:
    key = chain_key()
    head = locked_head(key)
    entries = AuditEntry.objects.sealed().filter(number__gt=head.purged_number)[:portion]
    old: list[tuple[int, str]] = []
    for number, at, chain_hash in entries.values_list("number", "at", "chain_hash"):
        if at >= before:
            break
        old.append((int(number or 0), chain_hash))
    if not old:
        return 0
    head.purged_number, head.purged_hash = old[-1]
    head.keep(key)
    # The database lets go what the head has given up, and nothing else.
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [head.purged_number])
    AuditEntry.record(
        "audit.purged", AuditEntry, by=None, entries=len(old), until=f"{head.purged_number}:{head.purged_hash}"
    )
    return len(old)
