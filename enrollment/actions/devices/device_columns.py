"""Which column of a device holds what of Apple's record; sync, read-back and refresh write the same ones."""

from datetime import datetime
from typing import Any

from enrollment.apple.messages import DeviceRecord
from enrollment.models import AppleProfileStatus, Device

# Our column ← Apple's field.
_FIELDS = {
    "model": "model",
    "description": "description",
    "color": "color",
    "asset_tag": "asset_tag",
    "family": "family",
    "os": "os",
    "assigned_by": "assigned_by",
    "assigned_at": "assigned_at",
    "apple_profile_status": "profile_status",
    "apple_profile_uuid": "profile_uuid",
    "profile_assigned_at": "profile_assigned_at",
    "profile_pushed_at": "profile_pushed_at",
    "migration_deadline": "migration_deadline",
    "eid": "eid",
    "imei": "imei",
    "meid": "meid",
    "wifi_mac": "wifi_mac",
    "bluetooth_mac": "bluetooth_mac",
    "ethernet_mac": "ethernet_mac",
    "is_replacement": "is_replacement",
}
COLUMNS = tuple(_FIELDS)
# What a device was activated with; kept when Apple's record no longer tells it.
GIVEN = ("given_uuid", "given_at")
_PLACES = [
    (name, DeviceRecord._fields.index(field), getattr(Device._meta.get_field(name), "max_length", None))
    for name, field in _FIELDS.items()
]


def given(record: DeviceRecord, now: datetime) -> tuple[str, datetime | None]:
    """The profile Apple handed the device when it was activated, and when; ("", None) when the record does not tell.

    A push that is older than the assignment was of an earlier profile: its time may survive (apple-protocols.md 3.3).
    """
    pushed, assigned = record.profile_pushed_at, record.profile_assigned_at
    is_old = pushed is not None and assigned is not None and pushed < assigned
    if record.profile_status != AppleProfileStatus.PUSHED or not record.profile_uuid or is_old:
        return "", None
    return record.profile_uuid[:32], record.profile_pushed_at or now


def columns(record: tuple[Any, ...]) -> dict[str, Any]:
    """The columns of a record; texts are cut to what a column holds, so that no odd value stops a sync."""
    return {
        name: record[place][:longest] if longest and isinstance(record[place], str) else record[place]
        for name, place, longest in _PLACES
    }
