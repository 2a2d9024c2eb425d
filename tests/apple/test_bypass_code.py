"""The vectors of apple-protocols.md 3.6."""

from enrollment.apple.bypass_code import as_typed, escrow_key, new_bypass_code


def test_the_code_reads_and_hashes_as_apple_says():
    code = bytes.fromhex("1ea841db5edfafe6075b5ae0d845d254")
    assert as_typed(code) == "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4"
    assert escrow_key(code) == "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5"
    assert as_typed(bytes(16)) == "00000-00000-0000-0000-0000-0000"


def test_no_two_codes_are_alike():
    assert len({new_bypass_code() for _ in range(50)}) == 50
