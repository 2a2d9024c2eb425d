from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enrollment.models import AuditEntry, Device, Person, SerialList, SerialRow
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text, delimiter_of
from enrollment.models.keyset import Order, in_portions
from enrollment.models.listed_devices import facts_of

PORTION = 2_000


def export_serials(serials: SerialList, *, by: Person) -> Iterator[str]:
    """Each row with what is known of its device now, as the text of a CSV file; recorded (AUD-1)."""
    AuditEntry.record("serial_list.exported", serials, by=by)
    headings = [_("Line"), _("As given"), _("Serial number"), _("Answer"), _("Token"), _("Wanted profile")]
    headings += [_("Assignment"), _("Profile"), _("Note")]
    return _text(serials, by, headings, delimiter_of(get_language() or ""))


def _text(serials: SerialList, by: Person, headings: list[str], delimiter: str) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_text([headings], delimiter)
    for rows in in_portions(serials.rows.all(), Order("pk"), PORTION):
        facts = facts_of(rows, by)
        yield csv_text((_line(row, facts) for row in rows), delimiter)


def _line(row: SerialRow, facts: dict[str, list[Device]]) -> list[str]:
    device = next(iter(facts.get(row.serial, [])), None)
    known = ["", "", ""]
    if device:
        wanted = device.profile.name if device.profile else ""
        known = [device.token.name, wanted, str(device.state_in_words)]
    return [str(row.number), row.given, row.serial, str(row.get_verdict_display()), *known, row.profile_name, row.note]
