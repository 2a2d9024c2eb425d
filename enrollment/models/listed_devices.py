"""The devices a list of serial numbers speaks of: as they are now, and as far as its reader may see them."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrollment.models.device import Device, DeviceQuerySet
from enrollment.models.person import Person
from enrollment.models.profile import Profile
from enrollment.models.serial_list import LOOKED_FOR, SerialList, SerialRow
from enrollment.models.token import Token


def looked_for(serials: SerialList) -> QuerySet[SerialRow]:
    return SerialRow.objects.filter(list=serials, verdict__in=LOOKED_FOR)


def listed_devices(serials: SerialList, person: Person, rows: QuerySet[SerialRow] | None = None) -> DeviceQuerySet:
    """One device a serial number, several only where several tokens have it now; those that left only if all have."""
    rows = looked_for(serials) if rows is None else rows
    return devices_called(rows.order_by().values("serial"), person)


def devices_called(serials: Collection[str] | QuerySet[Any], person: Person) -> DeviceQuerySet:
    """The devices with these serial numbers, in the same way."""
    mine = Device.objects.visible_to(person).filter(serial__in=serials)
    present_twin = Device.objects.visible_to(person).filter(serial=OuterRef("serial"), released_at=None)
    return mine.exclude(Q(released_at__isnull=False) & Exists(present_twin))


def in_place_for(devices: DeviceQuerySet, token: Token, person: Person) -> DeviceQuerySet:
    """Of a number that several tokens have, the device of this token is meant where there is one."""
    here = Device.objects.visible_to(person).filter(serial=OuterRef("serial"), token=token, released_at=None)
    return devices.exclude(~Q(token=token) & Exists(here))


def named_profiles(serials: SerialList, person: Person) -> QuerySet[Profile]:
    """The profiles whose names stand in its rows, of all tokens the person sees."""
    names = looked_for(serials).exclude(profile_name="").order_by().values("profile_name")
    return Profile.objects.visible_to(person).filter(name__in=names).select_related("current", "token")


def facts_of(rows: list[SerialRow], person: Person) -> dict[str, list[Device]]:
    """Serial number → its devices, present ones first, with what a page shows of them."""
    wanted = {row.serial for row in rows if row.serial}
    devices = Device.objects.visible_to(person).filter(serial__in=wanted).with_state()
    found: dict[str, list[Device]] = {}
    # Nothing else: a file of 100,000 rows would spend its time on making what nobody reads.
    told = devices.select_related("token", "profile").only("serial", "released_at", "token__name", "profile__name")
    for device in told:
        found.setdefault(device.serial, []).append(device)
    for several in found.values():
        several.sort(key=lambda device: device.released_at is not None)
    return found
