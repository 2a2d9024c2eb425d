from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from enrollment.models import Answer, AppleProfileStatus, AssignmentState, AuditEntry, Device, Person, Token, Wish
from enrollment.models.csv_text import BYTE_ORDER_MARK, csv_text, delimiter_of
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.device_list import SERIAL, Sort, sort_of
from enrollment.models.keyset import Order, counted, in_portions

PORTION = 2_000
COLUMNS: dict[str, str | Promise] = {
    "serial": _("Serial number"),
    "model": _("Model"),
    "description": _("Description"),
    "color": _("Colour"),
    "family": _("Family"),
    "os": _("Operating system"),
    "asset_tag": _("Asset tag"),
    "token_name": _("Token"),
    "wish": _("Wanted"),
    "wanted_name": _("Wanted profile"),
    "state_now": _("Assignment"),
    "answer": _("Apple's answer"),
    "next_try_at": _("Next try"),
    "apple_profile_status": _("Status at Apple"),
    "apple_profile_uuid": _("Profile at Apple"),
    "needs_wipe": _("Needs wipe"),
    "assigned_by": _("Assigned by"),
    "assigned_at": _("Assigned to the server"),
    "profile_assigned_at": _("Profile assigned"),
    "profile_pushed_at": _("Handed to the device"),
    "released_at": _("Released"),
    "imei": "IMEI",
    "meid": "MEID",
    "wifi_mac": "Wi-Fi",
    "bluetooth_mac": "Bluetooth",
    "ethernet_mac": "Ethernet",
    "eid": "EID",
}
CHOICES = {"wish": Wish, "state_now": AssignmentState, "answer": Answer, "apple_profile_status": AppleProfileStatus}


def export_devices(filters: DeviceFilter, *, by: Person, portion: int = PORTION) -> Iterator[str]:
    """What the filters match, as the text of a CSV file, some rows at a time. An export is recorded (AUD-1).

    Sorted as the list is, where that takes no sorting of many devices for each portion; otherwise by serial number.
    The words are those of the language at the call: the rows are read later, when another may be active.
    """
    token = filters.form.cleaned_data.get("token") if filters.is_valid() else None
    AuditEntry.record("device.exported", Device, by=by, token=token, filter=_as_asked(filters))
    headings = [str(heading) for heading in COLUMNS.values()]
    write = partial(csv_text, delimiter=delimiter_of(get_language() or ""))
    rows = partial(_rows, filters.devices, sort_of(filters.data.get("sort")), portion)
    return _text(headings, [_writer(name) for name in COLUMNS], rows, write)


def _as_asked(filters: DeviceFilter) -> str:
    """The filters as plain words; those that cannot be understood as they came, in signs that any database takes."""
    if not filters.is_valid():
        return urlencode(filters.data, doseq=True)
    asked = {name: value for name, value in filters.form.cleaned_data.items() if value not in ("", None)}
    return ", ".join(f"{name}={value}" for name, value in asked.items())


def _with_columns(devices: DeviceQuerySet) -> DeviceQuerySet:
    # The token's name by a subquery: joined, SQLite would walk the tokens first and sort all their devices.
    name = Token.objects.filter(pk=OuterRef("token_id")).values("name")
    known = devices.with_state().with_needs_wipe().annotate(token_name=Subquery(name), wanted_name=F("profile__name"))
    return known.only(*(column.name for column in Device._meta.concrete_fields if column.name in COLUMNS))


def _rows(devices: DeviceQuerySet, sort: Sort, portion: int) -> Iterator[list[Device]]:
    order = Order(sort.column, sort.downwards, counted(devices), sort.is_indexed)
    if not (order.is_indexed or order.is_short):
        order = Order(SERIAL.sorts_by, count=order.count)
    return in_portions(_with_columns(devices), order, portion)


def _text(
    headings: list[str],
    writers: list[Callable[[Any], str]],
    rows: Callable[[], Iterator[list[Device]]],
    write: Callable[[Iterable[Iterable[str]]], str],
) -> Iterator[str]:
    yield BYTE_ORDER_MARK + write([headings])
    values = attrgetter(*COLUMNS)
    for some in rows():
        yield write([say(value) for say, value in zip(writers, values(device), strict=True)] for device in some)


def _writer(name: str) -> Callable[[Any], str]:
    """How a column's values read."""
    if name in CHOICES:
        words = {value: str(label) for value, label in CHOICES[name].choices}
        return lambda value: words.get(value, value)
    if name.endswith("_at"):
        return _moment
    if name == "needs_wipe":
        return {True: str(_("Yes")), False: str(_("No"))}.__getitem__
    return " ".join if name in ("imei", "meid") else _plain


def _moment(value: datetime | None) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else ""


def _plain(value: str | None) -> str:
    return value or ""
