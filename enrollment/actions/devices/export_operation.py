from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enrollment.models import AuditEntry, Operation, Person, Profile
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text, delimiter_of
from enrollment.models.keyset import Order, in_portions
from enrollment.models.operation_progress import outcomes_in_words

PORTION = 2_000


def export_operation(operation: Operation, *, by: Person) -> Iterator[str]:
    """What was previewed for each device and what came of it, as the text of a CSV file; recorded (AUD-1)."""
    AuditEntry.record("operation.exported", operation, by=by, token=operation.token)
    headings = [_("Serial number"), _("Preview"), _("Profile"), _("Result")]
    return _text(operation, [str(heading) for heading in headings], delimiter_of(get_language() or ""))


def _text(operation: Operation, headings: list[str], delimiter: str) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_text([headings], delimiter)
    # In the order they were previewed in: sorted by anything else, each portion would sort all of them.
    for rows in in_portions(operation.devices.all(), Order("pk"), PORTION):
        names = dict(Profile.objects.filter(pk__in={row.profile_id for row in rows}).values_list("pk", "name"))
        outcomes = outcomes_in_words(operation, rows)
        yield csv_text(
            (
                [row.serial, operation.in_words(row.verdict), names.get(row.profile_id, ""), outcomes[row.pk]]
                for row in rows
            ),
            delimiter,
        )
