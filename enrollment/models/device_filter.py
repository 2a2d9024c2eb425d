from typing import Any

import django_filters
from django.forms import Select
from django.utils.translation import gettext_lazy as _

from enrollment.models.assignment import AssignmentState
from enrollment.models.device import AppleProfileStatus, Device, DeviceQuerySet
from enrollment.models.person import Person
from enrollment.models.profile import Profile
from enrollment.models.token import Token

FAMILIES = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("Mac", "Mac"),
    ("AppleTV", "Apple TV"),
    ("Vision", "Vision"),
]


class DeviceFilter(django_filters.FilterSet):
    """The filters of the device list, the same for page, bulk action and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Serial number, asset tag or description"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    family = django_filters.ChoiceFilter(choices=FAMILIES, label=_("Family"))
    apple_status = django_filters.ChoiceFilter(
        field_name="apple_profile_status", choices=AppleProfileStatus.choices, label=_("Status at Apple")
    )
    state = django_filters.ChoiceFilter(method="in_state", choices=AssignmentState.choices, label=_("Assignment"))
    profile = django_filters.ModelChoiceFilter(queryset=Profile.objects.none(), label=_("Profile"))
    needs_wipe = django_filters.BooleanFilter(method="is_to_wipe", label=_("Needs wipe"))
    released = django_filters.BooleanFilter(method="is_released", label=_("Released"))

    class Meta:
        model = Device
        fields: list[str] = []

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, queryset=Device.objects.visible_to(person), **more)
        # What may be chosen is what may be seen: a stranger's token is an unknown one.
        self.filters["token"].queryset = Token.objects.visible_to(person)
        self.filters["profile"].queryset = Profile.objects.visible_to(person)
        for name in ("token", "profile", "family", "apple_status", "state"):
            self.filters[name].extra["empty_label"] = _("All")
        for name in ("needs_wipe", "released"):
            self.filters[name].extra["widget"] = Select(
                choices=[("", _("All")), ("true", _("yes")), ("false", _("no"))]
            )

    @property
    def devices(self) -> DeviceQuerySet:
        """What matches. A filter that cannot be understood matches nothing: never more than was meant."""
        return self.qs if self.is_valid() else Device.objects.none()

    def search(self, devices: DeviceQuerySet, _name: str, words: str) -> DeviceQuerySet:
        return devices.search(words)

    def in_state(self, devices: DeviceQuerySet, _name: str, state: str) -> DeviceQuerySet:
        return devices.in_state(AssignmentState(state))

    def is_to_wipe(self, devices: DeviceQuerySet, _name: str, to_wipe: bool) -> DeviceQuerySet:
        return devices.needing_wipe() if to_wipe else devices.with_needs_wipe().filter(needs_wipe=False)

    def is_released(self, devices: DeviceQuerySet, _name: str, released: bool) -> DeviceQuerySet:
        return devices.filter(released_at__isnull=not released)
