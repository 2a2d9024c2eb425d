"""The filters of the device list, as programs say them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters
from django.forms import ValidationError as FormError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from enrollment.api.filters import parameters_of
from enrollment.models import Person
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.serial_number import normalised

MOST_SERIALS = 1_000


def _bounded(said: str) -> None:
    if said.count(",") >= MOST_SERIALS:
        raise FormError(_("At most %(most)d serial numbers.") % {"most": MOST_SERIALS})


class DevicesAsked(DeviceFilter):
    """Those of the page, and devices by their whole serial numbers."""

    serials = django_filters.CharFilter(
        method="is_one_of",
        label=gettext_lazy("Whole serial numbers, with commas between them"),
        validators=[_bounded],
    )

    def is_one_of(self, devices: DeviceQuerySet, _name: str, said: str) -> DeviceQuerySet:
        return devices.filter(serial__in={normalised(one) for one in said.split(",")})


def filtered(said: Any, person: Person) -> DevicesAsked:
    """ValidationError for what cannot be understood: a program is not left with nothing, wondering."""
    filters = DevicesAsked(said, person=person)
    if not filters.is_valid():
        raise ValidationError(filters.errors)
    return filters


_PARAMETERS = parameters_of(DevicesAsked)
_TYPES = {str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"}}
_TYPES[date] = {"type": "string", "format": "date"}
FILTER_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        one.name: {**_TYPES[one.type], "description": one.description, **({"enum": one.enum} if one.enum else {})}
        for one in _PARAMETERS
    },
    "example": {"family": "iPad", "released": False},
}


def filter_said(data: Any) -> dict[str, str]:
    """The filters as a body says them, an object, in an address's words."""
    if not isinstance(data, Mapping):
        raise ValidationError(_("Say the filters as an object."))
    if unknown := [name for name in data if name not in DevicesAsked.base_filters]:
        raise ValidationError({name: [_("There is no such filter.")] for name in unknown})
    return {name: _in_words(name, value) for name, value in data.items()}


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise ValidationError({name: [_("Say one value.")]})
