"""The filters of the device list, as programs say them."""

from typing import Any

import django_filters
from django.forms import ValidationError as FormError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

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
