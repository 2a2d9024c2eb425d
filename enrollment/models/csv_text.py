"""Rows as CSV that spreadsheets open as what it is: text, in UTF-8, and never a formula."""

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for the code page of its machine
_DELIMITERS = {"fr": ";"}  # where the comma is the decimal sign, spreadsheets expect this one
_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n")  # https://owasp.org/www-community/attacks/CSV_Injection


def csv_text(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    """Lines as the excel dialect writes them; a cell that could be taken for a formula gets an apostrophe first."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def delimiter_of(language: str) -> str:
    """What a spreadsheet of this language takes a file apart by."""
    return _DELIMITERS.get(language.partition("-")[0], ",")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _BEGINS_A_FORMULA else cell
