import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.models.serial_number import is_plausible, normalised, without_scan_prefix


@pytest.mark.parametrize(
    "typed",
    [
        "c02xk1abjg5j",
        " C02XK1ABJG5J\n",
        "C02X K1AB-JG5J",
        '"C02XK1ABJG5J"',
        "\u00a0C02XK1ABJG5J\ufeff",
        "‘c02xk1abjg5j’",
    ],
)
def test_the_same_number_however_it_is_typed(typed):
    assert normalised(typed) == "C02XK1ABJG5J"


def test_full_width_letters_are_letters():
    assert normalised("Ｃ０２ＸＫ１") == "C02XK1"


@pytest.mark.parametrize(
    ("serial", "could_be"), [("C02X", True), ("C0", False), ("C02_X1", False), ("É" * 8, False), ("A" * 33, False)]
)
def test_what_could_be_one(serial, could_be):
    assert is_plausible(serial) is could_be


def test_the_s_of_bar_codes_comes_off_once():
    assert without_scan_prefix("SC02XK1ABJG5J") == "C02XK1ABJG5J"
    assert without_scan_prefix("SSC02XK1") == "SC02XK1"
    assert without_scan_prefix("C02XK1") == ""
    assert without_scan_prefix("SC0") == ""


@given(st.text(max_size=60))
def test_normalising_twice_is_normalising_once(text):
    once = normalised(text)
    assert normalised(once) == once or not is_plausible(once)


def test_a_sign_that_no_database_takes_is_none():
    assert normalised("C02\x00XL0THJK7L") == "C02XL0THJK7L"
