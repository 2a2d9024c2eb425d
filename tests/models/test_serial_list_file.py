"""Lists of serial numbers as people have them: what is read, and what is refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment import limits
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text
from enrollment.models.serial_list_file import GivenRow, ListRefused, read_serial_list
from enrollment.models.serial_number import normalised

TWO = [("C02XK1", "Kiosk", "till é"), ("C02XK2", "", "")]
ROWS = "C02XK1{0}Kiosk{0}till é\nC02XK2{0}{0}\n"


def told(content):
    return [(row.serial, row.profile, row.note) for row in read_serial_list(content)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_as_spreadsheets_write_them(separator, encoding, end):
    # Mac Roman is taken for Windows' code page where every byte of it means something there, too.
    text = ROWS.format(separator).replace("\n", end)
    said = told(text.encode(encoding))
    assert [(serial, profile) for serial, profile, _note in said] == [(serial, profile) for serial, profile, _n in TWO]
    if encoding != "mac_roman":
        assert said == TWO


@pytest.mark.parametrize(
    ("text", "serials"),
    [
        ("C02XK1\nC02XK2", ["C02XK1", "C02XK2"]),
        ("\n\nC02XK1\n\n\nC02XK2\n", ["C02XK1", "C02XK2"]),
        ("sep=;\nC02XK1;a\nC02XK2;b", ["C02XK1", "C02XK2"]),
        ('"C02XK1"\n="C02XK2"\n', ["C02XK1", "C02XK2"]),
        ("'C02XK1\n\ufeffC02XK2", ["C02XK1", "C02XK2"]),
        ("C02XK1ABC, C02XK2ABC, C02XK3ABC", ["C02XK1ABC", "C02XK2ABC", "C02XK3ABC"]),
        ("C02XK1ABC,Kiosk,late", ["C02XK1ABC"]),
        ("C02XK1|Kiosk|x, y\nC02XK2|Kiosk|a, b", ["C02XK1", "C02XK2"]),
        ("C02XK1,Kiosk,x; y\nC02XK2,Kiosk,a; b", ["C02XK1", "C02XK2"]),
        ('Profil;Serial\n"Kiosk, blue";C02XK1\n', ["C02XK1"]),
        ("C02XK12,Kiosk,check serial sticker\nC02XK22,Kiosk,ok", ["C02XK12", "C02XK22"]),
        ('Serial number,Note\nC02XK1,"two\nlines"\nC02XK2,x', ["C02XK1", "C02XK2"]),
        ("Numéro de série;Profil\nC02XK1;Kiosk\n", ["C02XK1"]),
        ("Note\tProfil\tN° de série\nx\tKiosk\tC02XK1", ["C02XK1"]),
        ("Model,Serial,Colour\niPad,C02XK1,blue", ["C02XK1"]),
    ],
)
def test_what_is_a_serial_number_in_it(text, serials):
    assert [row.serial for row in read_serial_list(text)] == serials


def test_columns_are_found_by_their_headings_in_any_order():
    rows = read_serial_list("Remarque;Profil souhaité;Numéro de série\ncaisse;Kiosk;C02XK1\n")
    assert rows == [GivenRow(2, "C02XK1", "Kiosk", "caisse")]


def test_lines_keep_their_numbers():
    rows = read_serial_list('Serial,Note\n\nC02XK1,"two\nlines"\n\nC02XK2\n')
    assert [(row.number, row.note) for row in rows] == [(3, "two\nlines"), (6, "")]
    assert [row.number for row in read_serial_list("C02XK1ABC,C02XK2ABC")] == [1, 2]


@pytest.mark.parametrize("stray", ['C02XK1;"late', '"C02XK1', 'C02XK1;5" case'])
def test_a_stray_quote_swallows_no_other_row(stray):
    text = "\n".join(["C02XK0;x", stray, *(f"C02XK{n};x" for n in range(2, 60))])
    rows = read_serial_list(text)
    assert [normalised(row.serial) for row in rows] == [f"C02XK{n}" for n in range(60)]


@pytest.mark.parametrize("between", [0, 1, 9])
@pytest.mark.parametrize("note", ['15" screen', '"15', '15"', '"15" screen"', '"15"" screen'])
def test_two_stray_quotes_swallow_no_row_between_them(note, between):
    serials = [f"C02XK{n}" for n in range(between + 3)]
    lines = [f"{serial};Kiosk;late" for serial in serials]
    lines[0], lines[between + 1] = f"{serials[0]};Kiosk;{note}", f"{serials[between + 1]};Kiosk;{note}"
    rows = read_serial_list("\n".join(lines))
    assert [row.serial for row in rows] == serials
    assert [("15" in row.note, row.number) for row in rows[:1]] == [(True, 1)]


@pytest.mark.parametrize(
    "heading",
    ["N° série", "Num. série", "Numéro de série Apple", "Apple serial number", "Device serial number", "DEVICE_SERIAL"],
)
def test_headings_that_others_write_are_understood(heading):
    assert [row.serial for row in read_serial_list(f"Model;{heading}\niPad;C02XK1")] == ["C02XK1"]


def test_a_number_that_looks_like_a_heading_is_none():
    assert [row.serial for row in read_serial_list("SERIAL1234\nSN12345678")] == ["SERIAL1234", "SN12345678"]


def test_what_a_spreadsheet_has_damaged_is_told():
    damaged, french, other = read_serial_list("1.23457E+11\n1,23457E+11\n123456789012")
    assert damaged.is_damaged
    assert french.is_damaged
    assert not other.is_damaged


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no serial number"),
        (b" \r\n\t\r\n", "no serial number"),
        (b"Serial number\n", "no serial number"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "save it as CSV"),
        (b"\x89PNG\x00\x00", "no text"),
        (b"\xff\xfeA", "no text"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content, words):
    with pytest.raises(ListRefused, match=words):
        read_serial_list(content)


def test_both_numbers_are_told_when_it_is_too_long(monkeypatch):
    monkeypatch.setattr(limits, "SERIALS_PER_LIST", 3)
    assert len(read_serial_list("A1\nA2\nA3\n")) == 3
    for text in ("A1\nA2\nA3\nA4", "C02XK1ABC,C02XK2ABC,C02XK3ABC,C02XK4ABC"):
        with pytest.raises(ListRefused, match="more than 3 rows"):
            read_serial_list(text)
    monkeypatch.setattr(limits, "SERIAL_LIST_BYTES", 2**20)
    with pytest.raises(ListRefused, match="2 MB; at most 1 MB"):
        read_serial_list(b"A" * (2**20 + 1))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_our_own_files_are_read_back(delimiter):
    text = BYTE_ORDER_MARK + csv_text([["Line", "Serial number", "Note"], ["1", "C02XK1", "=danger"]], delimiter)
    assert [row.serial for row in read_serial_list(text.encode())] == ["C02XK1"]


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_anything_is_read_or_refused(content):
    try:
        rows = read_serial_list(content)
    except ListRefused:
        return
    assert rows
    assert all("\x00" not in row.serial + row.profile + row.note for row in rows)
