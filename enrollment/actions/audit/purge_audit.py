from datetime import datetime, timedelta
from itertools import takewhile

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from enrollment.actions.audit.seal_audit import chain_key, locked_head, seal_audit
from enrollment.models import AuditEntry
from enrollment.models.audit_entry import AuditEntryQuerySet
from enrollment.models.keyset import COUNTED_TO, Order

PORTION = 10_000
# The oldest may stay so much longer: the log tells of one deletion a day, not of one an hour.
A_DAY = timedelta(days=1)
BY_NUMBER = Order("number", count=COUNTED_TO + 1)  # along the index, however many there are
_DELETE = f"DELETE FROM {AuditEntry._meta.db_table} WHERE number <= %s"  # noqa: S608 - our table


def purge_audit(*, portion: int = PORTION) -> int:
    """Delete the entries that are older than AUDIT_KEPT_DAYS, from the front of the chain; how many.

    The chain hash of the last one is kept: from there on the rest can still be verified. Each portion records itself.
    """
    if not settings.AUDIT_KEPT_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)
    head = seal_audit()
    first = BY_NUMBER.read(_after(head.purged_number), 1)
    if not first or first[0].at >= before - A_DAY:
        return 0
    deleted = 0
    while count := _purge(before, portion):
        deleted += count
    return deleted


def _after(number: int) -> AuditEntryQuerySet:
    return AuditEntry.objects.filter(number__gt=number)


@transaction.atomic
def _purge(before: datetime, portion: int) -> int:
    key = chain_key()
    head = locked_head(key)
    entries: list[AuditEntry] = BY_NUMBER.read(_after(head.purged_number).only("at", "number", "chain_hash"), portion)
    old = list(takewhile(lambda entry: entry.at < before, entries))
    if not old:
        return 0
    head.purged_number, head.purged_hash = old[-1].number or 0, old[-1].chain_hash
    head.keep(key)
    # The database lets go what the head has given up, and nothing else.
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [head.purged_number])
    AuditEntry.record(
        "audit.purged", AuditEntry, by=None, entries=len(old), until=f"{head.purged_number}:{head.purged_hash}"
    )
    return len(old)
