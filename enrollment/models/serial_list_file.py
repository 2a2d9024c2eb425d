"""A list of serial numbers as people have it: pasted, or a file as spreadsheets write it (DEV-3)."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from enrollment import limits

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ENCODINGS = ("utf-8", "cp1252", "mac_roman")  # the last one takes every byte
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls
_SEPARATORS = "\t;,|"
_LOOKED_AT = 50  # lines, to tell the separator
_NO_SEPARATOR = re.compile(r'"[^"]*"|\d,\d+E\+\d+', re.IGNORECASE)  # within quotes, and in a figure
_FORMULA = re.compile(r'="(.*)"\Z')
_AS_A_NUMBER = re.compile(r"\d([.,]\d+)?E\+\d+\Z", re.IGNORECASE)
# Of several columns with such a heading, the one whose name stands first is meant.
_PROFILE = ("profile", "profil", "profile name", "nom du profil", "wanted profile", "profil souhaite")
_NOTE = ("note", "notes", "comment", "remark", "remarque", "remarques", "commentaire")
_SERIAL = re.compile(r"(.* )?(serials?|serie|serialnumber|sn|s/n)( .*)?\Z")
_HAS_A_NUMBER = re.compile(r"(?=(.*\d){2})[A-Za-z0-9]{6,32}\Z")
_LINES_OF_A_CELL = 20  # a quote that is not closed by then was none


class ListRefused(Exception):
    """What was given is no list we can read; nothing of it is kept."""

    def __init__(self, sentence: str, **details: int) -> None:
        self.sentence, self.details = sentence, details
        super().__init__(sentence % details)


@dataclass(frozen=True)
class GivenRow:
    """A row as it was given: its line from 1, and its cells without what spreadsheets put around them."""

    number: int
    serial: str
    profile: str = ""
    note: str = ""

    @property
    def is_damaged(self) -> bool:
        """A spreadsheet has taken the number for a figure: what it was cannot be told any more."""
        return bool(_AS_A_NUMBER.match(self.serial))


def read_serial_list(content: bytes | str) -> list[GivenRow]:
    """The rows that are not blank. Errors: ListRefused."""
    size = len(content)
    if size > limits.SERIAL_LIST_BYTES:
        raise ListRefused(
            gettext_noop("The list has %(size)d MB; at most %(most)d MB are read."),
            size=size // 2**20 + 1,
            most=limits.SERIAL_LIST_BYTES // 2**20,
        )
    rows = list(_given(content if isinstance(content, str) else _decoded(content)))
    if not rows:
        raise ListRefused(gettext_noop("There is no serial number in it."))
    return rows


def _decoded(content: bytes) -> str:
    if content.startswith(_PACKED):
        raise ListRefused(gettext_noop("This is a spreadsheet's own file: save it as CSV, and upload that."))
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    if not encoding and b"\x00" in content:
        raise ListRefused(gettext_noop("This is no text: save the list as CSV or as plain text."))
    for name in [encoding] if encoding else _ENCODINGS:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    raise ListRefused(gettext_noop("This is no text: save the list as CSV or as plain text."))


def _given(text: str) -> Iterator[GivenRow]:
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator, first = _separator(lines)
    if separator and _is_one_line(lines) and (serials := _side_by_side(lines, separator)):
        yield from _bounded(GivenRow(number, serial) for number, serial in enumerate(serials, 1))
    else:
        yield from _bounded(_of_lines(lines, separator, first))


def _bounded(rows: Iterator[GivenRow]) -> Iterator[GivenRow]:
    for count, row in enumerate(rows, 1):
        if count > limits.SERIALS_PER_LIST:
            raise ListRefused(
                gettext_noop("The list has more than %(most)d rows: split it."), most=limits.SERIALS_PER_LIST
            )
        yield row


def _of_lines(lines: list[str], separator: str, first: int) -> Iterator[GivenRow]:
    places: dict[str, int] | None = None
    for number, raw in _records(lines, first, separator):
        cells = [_clean(cell) for cell in raw]
        if not any(cells):
            continue
        if places is None and (places := _headings(cells)):
            continue
        yield _row(number, cells, places or {"serial": 0, "profile": 1, "note": 2})


def _records(lines: list[str], first: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, and its first line. A cell in quotes may have several lines; a stray quote makes none."""
    at = first
    while at < len(lines):
        cells, size = _record(lines[at : at + _LINES_OF_A_CELL], separator)
        yield at + 1, cells
        at += size


def _record(lines: list[str], separator: str) -> tuple[list[str], int]:
    """The cells of the first row, and how many lines it has: one, unless all its quotes are as they should be."""
    if '"' not in lines[0]:
        return (lines[0].split(separator) if separator else lines[:1]), 1
    try:
        # Signs within a cell stand for themselves, as the inches of 15"; only strictly does a quote without end tell.
        strict = csv.reader((f"{line}\n" for line in lines), delimiter=separator or "\t", strict=True)
        return next(strict), strict.line_num
    except csv.Error:
        return _loosely(lines[0], separator), 1


def _loosely(line: str, separator: str) -> list[str]:
    if line.count('"') % 2:
        return line.split(separator) if separator else [line]
    try:
        return next(csv.reader([line], delimiter=separator or "\t"))
    except csv.Error:
        return [line]  # longer than any cell is


def _row(number: int, cells: list[str], places: dict[str, int]) -> GivenRow:
    found = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
    return GivenRow(number, found.get("serial", ""), found.get("profile", "")[:125], found.get("note", "")[:500])


def _separator(lines: list[str]) -> tuple[str, int]:
    """What separates cells ("" when every line is one), and the first line of the list. Excel may say it itself."""
    begin = next((at for at, line in enumerate(lines) if line.strip()), 0)
    said = re.match(r'"?sep=(.)"?\s*\Z', lines[begin].lstrip("\ufeff"), re.IGNORECASE) if lines else None
    if said:
        return said[1], begin + 1
    sample = [line for line in lines[begin : begin + _LOOKED_AT] if line.strip()]
    bare = [_NO_SEPARATOR.sub("", line) for line in sample] or [""]
    counts = {sign: sum(sign in line for line in bare) for sign in _SEPARATORS}
    # Of two that stand in as many lines, the later one belongs to the notes.
    best = max(_SEPARATORS, key=lambda sign: (counts[sign], -f"{bare[0]}{sign}".index(sign)))
    return (best if counts[best] else ""), begin


def _clean(cell: str) -> str:
    cell = cell.strip().strip("\ufeff\u00a0")
    formula = _FORMULA.match(cell)
    return (formula[1] if formula else cell.removeprefix("'")).strip()


def _headings(cells: list[str]) -> dict[str, int]:
    """Which column holds what, when the first row says so; else {}. A number beside them makes the words a note."""
    if any(_HAS_A_NUMBER.match(cell) for cell in cells):
        return {}
    names = ["" if any(map(str.isdecimal, cell)) else _plain(cell) for cell in cells]
    serial = next((at for at, name in enumerate(names) if _SERIAL.match(name)), None)
    if serial is None:
        return {}
    others = {
        what: names.index(word)
        for what, words in (("profile", _PROFILE), ("note", _NOTE))
        if (word := next((word for word in words if word in names), None)) is not None
    }
    return {"serial": serial, **others}


def _plain(text: str) -> str:
    """Without accents, capitals and signs: how a heading is compared."""
    letters = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z/ ]", " ", letters).split())


def _is_one_line(lines: list[str]) -> bool:
    return sum(bool(line.strip()) for line in lines) == 1


def _side_by_side(lines: list[str], separator: str) -> list[str]:
    """Numbers in one line; a word without a digit in it would be a profile's name or a note."""
    cells = [_clean(cell) for cell in next(line for line in lines if line.strip()).split(separator)]
    serials = [cell for cell in cells if cell]
    are_serials = all(re.fullmatch(r"(?=.*\d)[A-Za-z0-9]{6,32}", cell) for cell in serials)
    return serials if len(serials) > 1 and are_serials else []
