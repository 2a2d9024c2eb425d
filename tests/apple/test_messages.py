"""What Apple says, in the shapes it has been seen in."""

import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from enrollment.apple import messages
from enrollment.apple.messages import SerialResult

FIXTURES = Path(__file__).parent / "fixtures"


def page(name):
    return messages.device_page(json.loads((FIXTURES / name).read_text()))


def test_every_field_of_protocol_version_10_is_read():
    found = page("device_v10.json")
    device, gone = found.devices
    assert device.profile_uuid == "88FC4E37814240DF8C69CFAD48A8BDC2", "normalised as Apple writes it elsewhere"
    assert device.assigned_at == datetime(2026, 1, 29, 21, 17, 25, tzinfo=UTC)
    assert (device.family, device.os, device.color, device.profile_status) == ("iPad", "iPadOS", "SPACE GRAY", "pushed")
    assert device.imei == ["35 123456 123456 1"]
    assert device.is_replacement
    assert device.op_type == "modified"
    assert (gone.op_type, gone.model, gone.released_by_replacement) == ("deleted", "", True)
    assert found.more_to_follow is False


def test_the_shape_of_2018_is_read():
    found = page("device_2018.json")
    assert found.devices[0].serial == "C8TJX00ZF182"
    assert found.devices[0].profile_status == "empty"
    assert found.more_to_follow is False


def test_unknown_words_have_a_named_fallback():
    assert messages.device({"serial_number": "X", "profile_status": "melted"}).profile_status == "empty"
    assert messages.serial_results({"X": "PERHAPS"}) == {"X": SerialResult.UNKNOWN}


def test_the_deprecated_twin_of_the_admin_is_read():
    assert messages.account({"facilitator_id": "a@b.example"}).admin_id == "a@b.example"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from(["devices", "cursor", "more_to_follow", "fetched_until", "urls", "server_name"])
DEVICE_KEYS = st.sampled_from(["serial_number", "imei", "op_date", "profile_uuid", "profile_status", "os"])


@given(st.dictionaries(KEYS | st.text(max_size=5), JSON | st.lists(st.dictionaries(DEVICE_KEYS, JSON))))
def test_no_answer_whatever_crashes(said):
    messages.device_page(said)
    messages.account(said)
    messages.serial_results(said)
