import structlog
from django.db import connection, transaction

from enrollment.encryption import KeyMissing
from enrollment.models import AuditEntry, AuditHead
from enrollment.models.audit_head import audit_key
from enrollment.models.keyset import COUNTED_TO, Order

PORTION = 1_000
_SEAL = f"UPDATE {AuditEntry._meta.db_table} SET number = %s, chain_hash = %s WHERE id = %s"  # noqa: S608 - our table
# However many there are: sorting all that wait for each portion would take longer the more there are.
ALONG_THE_INDEX = Order("pk", count=COUNTED_TO + 1)
log = structlog.get_logger(__name__)


class CannotSeal(Exception):
    """Its key is lost, or what is known of the ends of the chain is not what was written: nothing goes behind it."""


def seal_audit(*, at_most: int | None = None, portion: int = PORTION) -> AuditHead:
    """Give the entries written since the last time their places in the chain, in the order they are found; its head.

    Apart from the verbs, so that none of them waits for another. One portion is one transaction, which holds the head:
    sealers come one after the other, and one that is killed has done whole portions.
    """
    key, left, last = chain_key(), at_most, 0
    while left is None or left > 0:
        size = portion if left is None else min(portion, left)
        with transaction.atomic():
            entries = _seal(locked_head(key), key, size, last)
        if len(entries) < size:
            break
        # One that is committed behind our back is found by the next run, which begins at the beginning.
        last, left = entries[-1].pk, None if left is None else left - size
    return AuditHead.objects.get(pk=1)


def chain_key() -> bytes:
    """The key of the chain; CannotSeal without it."""
    try:
        return audit_key()
    except KeyMissing:
        raise CannotSeal from None


def locked_head(key: bytes) -> AuditHead:
    """The head, until the transaction ends; CannotSeal when it is not as it was written."""
    head = AuditHead.locked()
    if head is None or not head.is_ours(key):
        raise CannotSeal
    return head


def _seal(head: AuditHead, key: bytes, size: int, last: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = ALONG_THE_INDEX.read(AuditEntry.objects.filter(number=None, pk__gt=last), size)
    if not entries:
        return []
    places = []
    for entry in entries:
        _look_at(entry, head, key)
        head.number, head.chain_hash = head.number + 1, entry.link(key, head.chain_hash)
        places.append((head.number, head.chain_hash, entry.pk))
    with connection.cursor() as cursor:
        cursor.executemany(_SEAL, places)
    head.keep(key)
    return entries


def _look_at(entry: AuditEntry, head: AuditHead, key: bytes) -> None:
    """One that does not fit its mark is sealed as it is: the chain goes on, and the verification names it for ever."""
    if entry.pk > head.unmarked_until and not entry.is_as_written(key):
        log.error("an audit entry is not as it was written", number=head.number + 1, action=entry.action)
