from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import DateInput, ModelChoiceField, Select, TextInput
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from enrollment.models.assignment import HAS_A_PROFILE, AssignmentState, Wish
from enrollment.models.device import AppleProfileStatus, Device, DeviceQuerySet
from enrollment.models.distinct_values import distinct_values
from enrollment.models.person import Person
from enrollment.models.profile import ForeignProfile, Profile, ProfileRevision
from enrollment.models.token import Token

FAMILIES = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("Mac", "Mac"),
    ("AppleTV", "Apple TV"),
    ("Vision", "Vision"),
]
# Of days somebody can mean: far enough from the ends of the calendar for every time zone.
DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


class _OfATokenField(ModelChoiceField):
    def label_from_instance(self, one: Any) -> str:
        return f"{one} · {one.token}"


class _OfAToken(django_filters.ModelChoiceFilter):
    """One of the things that tokens have; two tokens may have one of the same name."""

    field_class = _OfATokenField


def _day(method: str, label: Any) -> django_filters.DateFilter:
    # The same in every language, for an address is sent from one person to another.
    day = DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return django_filters.DateFilter(
        method=method, label=label, widget=day, input_formats=["%Y-%m-%d"], validators=DAYS
    )


class DeviceFilter(django_filters.FilterSet):
    """The filters of the device list, the same for page, bulk action, export and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Serial number, asset tag or description"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    state = django_filters.ChoiceFilter(method="in_state", choices=AssignmentState.choices, label=_("Assignment"))
    apple_status = django_filters.ChoiceFilter(
        field_name="apple_profile_status", choices=AppleProfileStatus.choices, label=_("Status at Apple")
    )
    profile = _OfAToken(queryset=Profile.objects.none(), label=_("Profile"))
    wish = django_filters.ChoiceFilter(method="is_wished", choices=Wish.choices, label=_("Wanted"))
    apple_profile = _OfAToken(method="has_profile", queryset=Profile.objects.none(), label=_("Profile at Apple"))
    foreign_profile = _OfAToken(
        method="has_foreign_profile", queryset=ForeignProfile.objects.none(), label=_("Profile of another tool")
    )
    needs_wipe = django_filters.BooleanFilter(method="is_to_wipe", label=_("Needs wipe"))
    released = django_filters.BooleanFilter(method="is_released", label=_("Released"))
    family = django_filters.ChoiceFilter(choices=FAMILIES, label=_("Family"))
    model = django_filters.CharFilter(method="is_model", label=_("Model"))
    color = django_filters.CharFilter(lookup_expr="icontains", label=_("Colour"))
    serial = django_filters.CharFilter(lookup_expr="istartswith", label=_("Serial number begins with"))
    asset_tag = django_filters.CharFilter(method="is_tagged", label=_("Asset tag"))
    description = django_filters.CharFilter(method="is_described", label=_("Description"))
    assigned_by = django_filters.CharFilter(lookup_expr="icontains", label=_("Assigned by"))
    assigned_from = _day("is_since", _("Assigned to the server from"))
    assigned_to = _day("is_until", _("Assigned to the server to"))
    profile_assigned_from = _day("is_since", _("Profile assigned from"))
    profile_assigned_to = _day("is_until", _("Profile assigned to"))
    handed_from = _day("is_since", _("Handed to the device from"))
    handed_to = _day("is_until", _("Handed to the device to"))
    appeared_from = _day("is_since", _("Appeared here from"))
    appeared_to = _day("is_until", _("Appeared here to"))
    released_from = _day("is_since", _("Released from"))
    released_to = _day("is_until", _("Released to"))
