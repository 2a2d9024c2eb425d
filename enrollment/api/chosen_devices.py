"""The devices a program means."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from enrollment.api.device_filter import filtered
from enrollment.models import Device, OperationKind, Person
from enrollment.models.device import DeviceQuerySet
from enrollment.models.listed_devices import devices_called, in_place_for
from enrollment.models.serial_number import normalised

TOLD = 20


def chosen(said: dict[str, Any], person: Person) -> tuple[DeviceQuerySet, list[str]]:
    """By `ids`, `serials` or `filter`, at least one of them; and which of the serial numbers nobody knows."""
    unknown: list[str] = []
    if "ids" in said:
        name, devices = "ids", _by_ids(set(said["ids"]), person)
    elif "serials" in said:
        name, (devices, unknown) = "serials", _by_serials(said, person)
    else:
        name, devices = "filter", _by_filter(said["filter"], person)
    if not devices.exists():
        raise ValidationError({name: [_("There is no such device.")]})
    return devices, unknown


def _by_ids(ids: set[int], person: Person) -> DeviceQuerySet:
    devices = Device.objects.visible_to(person).filter(pk__in=ids)
    if gone := sorted(ids - set(devices.values_list("pk", flat=True))):
        told = ", ".join(str(one) for one in gone[:TOLD])
        raise ValidationError({"ids": [_("There are no such devices: %(ids)s") % {"ids": told}]})
    return devices


def _by_serials(said: dict[str, Any], person: Person) -> tuple[DeviceQuerySet, list[str]]:
    """Of a number that several tokens have, the device in the profile's token is meant."""
    meant = {normalised(one) for one in said["serials"]}
    devices = devices_called(meant, person)
    if said["kind"] == OperationKind.ASSIGN:
        devices = in_place_for(devices, said["profile"].token, person)
    return devices, sorted(meant - set(devices.values_list("serial", flat=True)))


def _by_filter(said: dict[str, str], person: Person) -> DeviceQuerySet:
    try:
        return filtered(said, person).devices
    except ValidationError as error:
        raise ValidationError({"filter": error.detail}) from None
