import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from enrollment.actions.audit.seal_audit import CannotSeal, seal_audit
from enrollment.models import AuditEntry, AuditResult, Person, Token
from enrollment.models.audit_actions import ACTIONS
from enrollment.models.audit_chain import TOLD
from enrollment.models.audit_filter import OBJECTS, AuditFilter
from enrollment.models.audit_words import NOBODIES, nobody
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text, delimiter_of
from enrollment.models.keyset import Order, in_portions

PORTION = 2_000
HEADINGS = (
    gettext_noop("Number"),
    gettext_noop("When"),
    gettext_noop("Person"),
    gettext_noop("API key"),
    gettext_noop("From where"),
    gettext_noop("What"),
    gettext_noop("Action"),
    gettext_noop("Kind of object"),
    gettext_noop("Object's ID"),
    gettext_noop("Name of the object"),
    gettext_noop("Token"),
    gettext_noop("Result"),
    gettext_noop("Before"),
    gettext_noop("After"),
    gettext_noop("Chain hash"),
)
Write = Callable[[list[AuditEntry]], str]


class ExportFormat(StrEnum):
    """For spreadsheets, or for programs: one JSON object a line."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def export_audit(
    filters: AuditFilter, kind: ExportFormat, *, by: Person | None, portion: int = PORTION
) -> Iterator[str]:
    """What the filters match, the newest first, as the text of a file, some entries at a time; recorded (AUD-1).

    Sealed first, so that every entry of the file has its number and hash. The words are those of the language at the
    call: the entries are read later, when another may be active.
    """
    entries = filters.entries
    token = filters.form.cleaned_data.get("token") if filters.is_valid() else None
    told = AuditEntry.record(
        "audit.exported", AuditEntry, by=by, token=token, format=kind.value, filter=_asked(filters)
    )
    with suppress(CannotSeal):  # then somebody may want to look at what there is all the more
        seal_audit()
    beginning, write = _csv(filters.reader) if kind == ExportFormat.CSV else ("", _json_lines)
    return _text(entries.filter(pk__lt=told.pk), beginning, write, portion)


def _asked(filters: AuditFilter) -> str:
    if not filters.is_valid():
        return "?"
    return ", ".join(f"{name}={value}" for name, value in filters.form.cleaned_data.items() if value not in ("", None))


def _text(entries: Any, beginning: str, write: Write, portion: int) -> Iterator[str]:
    yield beginning
    for some in in_portions(entries, Order("pk", downwards=True), portion):
        yield write(some)


def _json_lines(entries: list[AuditEntry]) -> str:
    """What the marks and hashes are made of, as it is stored."""
    names = ("number", *TOLD, "mark", "chain_hash")
    rows = ({name: getattr(entry, name) for name in names} for entry in entries)
    return "".join(json.dumps({**row, "at": row["at"].isoformat()}, ensure_ascii=False) + "\n" for row in rows)


def _csv(reader: Person) -> tuple[str, Write]:
    delimiter = delimiter_of(get_language() or "")
    actions = {action: _(sentence) for action, sentence in ACTIONS.items()}
    words = {str(value): str(label) for value, label in (*OBJECTS.items(), *AuditResult.choices)}
    nobodies = {sentence: _(sentence) for sentence in NOBODIES}

    def write(entries: list[AuditEntry]) -> str:
        keys = {entry.token_id for entry in entries if entry.token_id}
        tokens = dict(Token.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "name"))
        return csv_text((_cells(entry, actions, words, tokens, nobodies) for entry in entries), delimiter)

    return BYTE_ORDER_MARK + csv_text([[_(heading) for heading in HEADINGS]], delimiter), write


def _cells(
    entry: AuditEntry, actions: dict[str, str], words: dict[str, str], tokens: dict[int, str], nobodies: dict[str, str]
) -> list[str]:
    return [
        str(entry.number or ""),
        entry.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        entry.who or nobodies[nobody(entry)],
        entry.key_name,
        entry.origin,
        actions.get(entry.action, entry.action),
        entry.action,
        words.get(entry.object_type, entry.object_type),
        str(entry.object_id or ""),
        entry.object_name,
        tokens.get(entry.token_id or 0, ""),
        words.get(entry.result, entry.result),
        _json(entry.before),
        _json(entry.after),
        entry.chain_hash,
    ]


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
