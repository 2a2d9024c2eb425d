"""What the columns of a device are called, and how one that Apple changed reads (SYNC-10)."""

import json
from datetime import UTC, datetime

from django.db.models import DateTimeField, JSONField
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from enrollment.models.device import AppleProfileStatus, Device

WORDS: dict[str, str | Promise] = {
    "model": _("Model"),
    "description": _("Description"),
    "color": _("Colour"),
    "asset_tag": _("Asset tag"),
    "family": _("Family"),
    "os": _("Operating system"),
    "assigned_by": _("Assigned by"),
    "assigned_at": _("Assigned to the server"),
    "apple_profile_status": _("Profile status"),
    "apple_profile_uuid": _("Profile at Apple"),
    "profile_assigned_at": _("Profile assigned"),
    "profile_pushed_at": _("Handed to the device"),
    "migration_deadline": _("Migration deadline"),
    "eid": "EID",
    "imei": "IMEI",
    "meid": "MEID",
    "wifi_mac": "Wi-Fi",
    "bluetooth_mac": "Bluetooth",
    "ethernet_mac": "Ethernet",
    "is_replacement": _("Replacement device"),
    "released_at": _("Released"),
}


def differences_in_words(differences: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """What changed, before, after; nothing to read is a dash."""
    return [
        (str(WORDS.get(name, name)), _value(name, before), _value(name, after))
        for name, (before, after) in differences.items()
    ]


def _value(name: str, told: str) -> str:
    if not told or told == "[]":
        return "–"
    if name == "apple_profile_status" and told in AppleProfileStatus:
        return str(AppleProfileStatus(told).label)
    if name == "is_replacement":
        return say("Yes") if told == "1" else say("No")
    column = Device._meta.get_field(name)
    if isinstance(column, DateTimeField):
        return date_format(localtime(datetime.fromisoformat(told).replace(tzinfo=UTC)), "SHORT_DATETIME_FORMAT")
    if isinstance(column, JSONField):
        return ", ".join(json.loads(told))
    return told
