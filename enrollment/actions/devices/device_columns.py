"""Which column of a device holds what of Apple's record; sync, read-back and refresh write the same ones."""

from datetime import datetime
from operator import gt, itemgetter
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
_PUSHED = AppleProfileStatus.PUSHED.value
_taken = itemgetter(*(DeviceRecord._fields.index(field) for field in _FIELDS.values()))
# How long a text may be, by its place among the columns.
_LONGEST = {
    place: longest
    for place, name in enumerate(COLUMNS)
    if (longest := getattr(Device._meta.get_field(name), "max_length", None))
}
_bounded = itemgetter(*_LONGEST)


def given(record: DeviceRecord, now: datetime) -> tuple[str, datetime | None]:
    """The profile Apple handed the device when it was activated, and when; ("", None) when the record does not tell.

    A push that is older than the assignment was of an earlier profile: its time may survive (apple-protocols.md 3.3).
    """
    if record.profile_status != _PUSHED or not record.profile_uuid:
        return "", None
    pushed, assigned = record.profile_pushed_at, record.profile_assigned_at
    if pushed is not None and assigned is not None and pushed < assigned:
        return "", None
    return record.profile_uuid[:32], record.profile_pushed_at or now


def values(record: DeviceRecord) -> tuple[Any, ...]:
    """A record in the order of COLUMNS; texts are cut to what a column holds, so that no odd value stops a sync."""
    taken: tuple[Any, ...] = _taken(record)
    if any(map(gt, map(len, _bounded(taken)), _LONGEST.values())):
        return tuple(value[: _LONGEST[at]] if at in _LONGEST else value for at, value in enumerate(taken))
    return taken
