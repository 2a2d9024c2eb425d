from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enrollment.models import AssignmentState, AuditEntry, Device, Person, SerialList, SerialRow, SerialVerdict
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text, delimiter_of
from enrollment.models.keyset import Order, in_portions
from enrollment.models.listed_devices import facts_of

PORTION = 2_000


def export_serials(serials: SerialList, *, by: Person) -> Iterator[str]:
    """Each row with what is known of its device now, as the text of a CSV file; recorded (AUD-1).

    The words are those of the language at the call: the rows are read later, when another may be active.
    """
    AuditEntry.record("serial_list.exported", serials, by=by)
    headings = [_("Line"), _("As given"), _("Serial number"), _("Answer"), _("Token"), _("Wanted profile")]
    headings += [_("Assignment"), _("Profile"), _("Note")]
    words = {value: str(label) for value, label in (*SerialVerdict.choices, *AssignmentState.choices)}
    words["released"] = _("Released")
    return _text(serials, by, headings, words, delimiter_of(get_language() or ""))


def _text(serials: SerialList, by: Person, headings: list[str], words: dict[str, str], delimiter: str) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_text([headings], delimiter)
    for rows in in_portions(serials.rows.all(), Order("pk"), PORTION):
        facts = facts_of(rows, by)
        yield csv_text((_line(row, facts.get(row.serial, []), words) for row in rows), delimiter)


def _line(row: SerialRow, devices: list[Device], words: dict[str, str]) -> list[str]:
    """Of a number that several tokens have, all of them are told."""
    wanted = [device.profile.name if device.profile else "" for device in devices]
    states = [words["released" if device.released_at else device.state_now] for device in devices]
    known = [" / ".join(filter(None, values)) for values in ([one.token.name for one in devices], wanted, states)]
    # What is no serial number stands in its column all the same: the file can be mended and read again.
    return [str(row.number), row.given, row.serial or row.given, words[row.verdict], *known, row.profile_name, row.note]
