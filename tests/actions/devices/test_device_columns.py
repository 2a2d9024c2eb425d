"""PB-2: what a device was activated with, as far as Apple's record tells."""

from datetime import UTC, datetime, timedelta

import pytest

from enrollment.actions.devices.device_columns import given
from enrollment.apple.messages import DeviceRecord

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UUID = "A" * 32


def record(**changes):
    said = {"profile_status": "pushed", "profile_uuid": UUID, "profile_assigned_at": NOW - timedelta(days=2)}
    return DeviceRecord(serial="C02", **{**said, "profile_pushed_at": NOW - timedelta(days=1), **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, (UUID, NOW - timedelta(days=1))),
        ({"profile_pushed_at": None}, (UUID, NOW)),
        ({"profile_assigned_at": None}, (UUID, NOW - timedelta(days=1))),
        ({"profile_pushed_at": NOW - timedelta(days=3)}, ("", None)),  # of the profile before
        ({"profile_status": "assigned"}, ("", None)),
        ({"profile_status": "removed"}, ("", None)),
        ({"profile_uuid": ""}, ("", None)),
    ],
)
def test_what_a_record_tells(changes, told):
    assert given(record(**changes), NOW) == told
