from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from enrollment.encryption import KeyMissing
from enrollment.models import AuditEntry, AuditHead
from enrollment.models.audit_chain import is_same
from enrollment.models.audit_head import audit_key
from enrollment.models.keyset import Order, in_portions

PORTION = 5_000
FAULTS_TOLD = 1_000


class FaultKind(StrEnum):
    """What is wrong with the log."""

    CHANGED = "changed after it was written"
    MISSING = "missing"
    INSERTED = "put in by another way than ours"
    MOVED = "not where it was: moved, or what was before it is gone"
    KEY_LOST = "cannot be verified: none of the FIELD_KEYS reads its key"
    HEAD = "the record of where the chain begins and ends is changed or missing"
    NOT_AS_NOTED = "the chain does not contain what was noted"
    TOO_OLD = "what was noted is older than what is kept, and cannot be compared"


@dataclass(frozen=True)
class Fault:
    """What, at which number, to which (of a gap); `pk` instead of a number of one that is not sealed."""

    kind: FaultKind
    number: int | None = None
    until: int | None = None
    pk: int | None = None


@dataclass
class Verification:
    """What looking at every entry has found. Of many faults the first are told, all are counted."""

    head: str = ""
    checked: int = 0
    purged_until: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.count == 0

    def found(self, fault: Fault) -> None:
        self.count += (fault.until - fault.number + 1) if fault.until and fault.number else 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(fault)


@dataclass
class _Walk:
    """Where the chain has been followed to: `before` is the last chain hash that fits."""

    key: bytes
    unmarked_until: int
    number: int
    before: str
    # Of an entry whose chain hash does not fit: the next one tells what it is.
    odd: AuditEntry | None = None
    is_after_gap: bool = False


def verify_audit(noted: str = "") -> Verification:
    """Follow the chain from its beginning, or from what was purged last, to its end. Reads only.

    `noted` is NUMBER:HASH as an earlier look at the head said: whether the chain still contains it.
    """
    found = Verification()
    try:
        key = audit_key()
    except KeyMissing:
        found.found(Fault(FaultKind.KEY_LOST))
        return found
    # First the head: what is sealed while we read comes behind it, and is left to the next time.
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        found.found(Fault(FaultKind.HEAD))
        return found
    if not head.is_ours(key):
        found.found(Fault(FaultKind.HEAD))
    found.head, found.purged_until = str(head), head.purged_number
    walk = _Walk(key, head.unmarked_until, head.purged_number, head.purged_hash)
    for entry in _entries(head):
        found.checked += 1
        _follow(walk, entry, found)
    _end(walk, head, found)
    _beyond(head, key, found)
    if noted:
        _compare(noted, head, found)
    return found


def _entries(head: AuditHead) -> Iterator[AuditEntry]:
    # By their numbers: for a LIMIT, a database that misjudges how many follow would sort them all, each time.
    for start in range(head.purged_number, head.number, PORTION):
        end = min(start + PORTION, head.number)
        yield from AuditEntry.objects.sealed().filter(number__gt=start, number__lte=end)


def _follow(walk: _Walk, entry: AuditEntry, found: Verification) -> None:
    number = entry.number or 0
    if number > walk.number + 1:
        _settle(walk, None, found)
        found.found(Fault(FaultKind.MISSING, walk.number + 1, number - 1))
        walk.is_after_gap = True
    elif walk.odd:
        _settle(walk, entry, found)
    walk.number = number
    if walk.is_after_gap:
        # What it should follow is gone: its own mark is all there is to go by.
        if not _is_as_written(walk, entry):
            found.found(Fault(FaultKind.CHANGED, number))
        walk.before, walk.is_after_gap = entry.chain_hash, False
    elif _fits(walk, walk.before, entry):
        walk.before = entry.chain_hash
        if not _is_as_written(walk, entry):
            found.found(Fault(FaultKind.CHANGED, number))
    else:
        walk.odd = entry


def _end(walk: _Walk, head: AuditHead, found: Verification) -> None:
    """Whether the last entry is the one the head knows."""
    odd = walk.odd
    if odd and odd.number == head.number and is_same(odd.link(walk.key, walk.before), head.chain_hash):
        found.found(Fault(FaultKind.CHANGED, odd.number))  # only its chain hash was written over
        return
    _settle(walk, None, found)
    if walk.number < head.number:
        found.found(Fault(FaultKind.MISSING, walk.number + 1, head.number))
    elif not found.count and not is_same(walk.before, head.chain_hash):
        found.found(Fault(FaultKind.HEAD))


def _settle(walk: _Walk, following: AuditEntry | None, found: Verification) -> None:
    """What the odd one is, by what the one that follows it holds on to."""
    odd = walk.odd
    if odd is None:
        return
    walk.odd, kind = None, FaultKind.CHANGED
    computed = odd.link(walk.key, walk.before)
    if following is not None and _fits(walk, computed, following):
        walk.before = computed  # only its chain hash was written over
    elif following is not None and _fits(walk, walk.before, following):
        kind = FaultKind.INSERTED  # the others hold on to one another without it
    else:
        if odd.is_as_written(walk.key):
            kind = FaultKind.MOVED
        walk.before = odd.chain_hash
    found.found(Fault(kind, odd.number))


def _fits(walk: _Walk, before: str, entry: AuditEntry) -> bool:
    return is_same(entry.chain_hash, entry.link(walk.key, before))


def _is_as_written(walk: _Walk, entry: AuditEntry) -> bool:
    is_older = entry.pk <= walk.unmarked_until and not entry.mark
    return is_older or entry.is_as_written(walk.key)


def _beyond(head: AuditHead, key: bytes, found: Verification) -> None:
    """What claims to be sealed and is not, and what waits to be."""
    now = AuditHead.objects.get(pk=1).number  # sealed meanwhile is not beyond
    for entry in AuditEntry.objects.filter(number__gt=now).order_by("number"):
        found.found(Fault(FaultKind.INSERTED, entry.number))
    waiting = AuditEntry.objects.filter(number=None, pk__gt=head.unmarked_until)
    for some in in_portions(waiting, Order("pk"), PORTION):
        for entry in some:
            found.checked += 1
            if not entry.is_as_written(key):
                found.found(Fault(FaultKind.CHANGED, pk=entry.pk))


def _compare(noted: str, head: AuditHead, found: Verification) -> None:
    said, _colon, chain_hash = noted.partition(":")
    number = int(said) if said.isdecimal() else -1
    if number < head.purged_number:
        found.found(Fault(FaultKind.TOO_OLD if number >= 0 else FaultKind.NOT_AS_NOTED, number))
        return
    known = {head.purged_number: head.purged_hash, **dict(_known(number))}
    if not is_same(known.get(number, ""), chain_hash):
        found.found(Fault(FaultKind.NOT_AS_NOTED, number))


def _known(number: int) -> list[tuple[int, str]]:
    entries = AuditEntry.objects.filter(number=number).values_list("number", "chain_hash")
    return [(found, chain_hash) for found, chain_hash in entries if found]
