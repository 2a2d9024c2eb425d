import pytest

from enrollment.messengers.addresses import address_of, is_within, may_reach, networks


def test_networks_are_read_as_a_setting_names_them():
    allowed = networks(["10.0.0.0/8", " 127.0.0.1/32", "fd00::/8", "192.168.7.9", ""])
    assert is_within(address_of("10.200.0.1"), allowed)
    assert is_within(address_of("fd12::1"), allowed)
    assert is_within(address_of("192.168.7.9"), allowed)
    assert is_within(address_of("::ffff:127.0.0.1"), allowed)
    assert not is_within(address_of("127.0.0.2"), allowed)
    assert not may_reach(address_of("192.168.7.8"), allowed)
    assert may_reach(address_of("8.8.8.8"), allowed)


@pytest.mark.parametrize("said", ["ten", "10.0.0.0/99", "hooks.example"])
def test_what_is_no_network_is_said(said):
    with pytest.raises(ValueError, match="does not appear to be"):
        networks([said])
