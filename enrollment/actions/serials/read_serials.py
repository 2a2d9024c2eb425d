from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction

from enrollment.models import AuditEntry, Device, Person, SerialList, SerialRow, SerialVerdict
from enrollment.models.serial_list_file import GivenRow, read_serial_list
from enrollment.models.serial_number import LONGEST, is_plausible, normalised, without_scan_prefix

AT_ONCE = 5_000


def read_serials(content: bytes | str | list[GivenRow], *, name: str, by: Person) -> SerialList:
    """Understand a pasted or uploaded list and keep it, an answer a row; ListRefused when it is none (DEV-3).

    A program may say the rows themselves.
    """
    given = content if isinstance(content, list) else read_serial_list(content)
    rows = list(_understood(given, by))
    with transaction.atomic():
        counts = Counter(row.verdict for row in rows)
        kept = SerialList.objects.create(owner=by, key=by.key, name=name.strip()[:200], counts=dict(counts))
        for row in rows:
            row.list = kept
        SerialRow.objects.bulk_create(rows, batch_size=AT_ONCE)
        AuditEntry.record("serial_list.read", kept, by=by, rows=len(rows), counts=dict(counts))
    return kept


def _understood(given: list[GivenRow], by: Person) -> Iterator[SerialRow]:
    """Each row with its serial number and verdict; of several with the same number the first counts."""
    typed = [normalised(row.serial) for row in given]
    scanned = {serial: rest for serial in typed if (rest := without_scan_prefix(serial))}
    tokens = _tokens({*filter(is_plausible, typed), *scanned.values()}, by)
    seen: set[str] = set()
    for row, serial in zip(given, typed, strict=True):
        if serial not in tokens and scanned.get(serial) in tokens:
            serial = scanned[serial]  # noqa: PLW2901 - the S of a bar code
        verdict = SerialVerdict.DAMAGED if row.is_damaged else _verdict(serial, tokens, seen)
        seen.add(serial)
        yield SerialRow(
            number=row.number,
            given=row.serial[:250],
            serial=serial[:LONGEST] if is_plausible(serial) else "",
            profile_name=row.profile,
            note=row.note,
            verdict=verdict,
        )


def _verdict(serial: str, tokens: dict[str, int], seen: set[str]) -> SerialVerdict:
    if not is_plausible(serial):
        return SerialVerdict.NOT_A_SERIAL
    if serial in seen:
        return SerialVerdict.DUPLICATE
    if serial not in tokens:
        return SerialVerdict.UNKNOWN
    return SerialVerdict.SEVERAL if tokens[serial] > 1 else SerialVerdict.FOUND


def _tokens(serials: Iterable[str], by: Person) -> dict[str, int]:
    """Serial number → in how many tokens the person sees it now; 0 when it has left all of them."""
    wanted = sorted(serials)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), AT_ONCE):
        devices = Device.objects.visible_to(by).filter(serial__in=wanted[start : start + AT_ONCE])
        for serial, released_at in devices.order_by().values_list("serial", "released_at"):
            found[serial] = found.get(serial, 0) + (released_at is None)
    return found
