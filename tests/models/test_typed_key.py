import pytest

from enrollment.models.typed_key import typed_key


def test_a_key():
    assert typed_key("17") == 17
    assert typed_key(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize("said", ["", "-1", "1.0", "٣", "a", "1\x00", str(2**63), "9" * 5_000, " 1"])
def test_what_can_be_no_key_names_no_row(said):
    assert typed_key(said) == 0
