from typing import Any

import django_filters
from django.forms import Select, TextInput
from django.utils.translation import gettext_lazy as _
from django_filters import fields

from enrollment.models.assignment import AssignmentState, Wish, is_without_profile
from enrollment.models.day_filter import day_filter, is_since, is_until
from enrollment.models.device import AppleProfileStatus, Device, DeviceQuerySet, tagged
from enrollment.models.distinct_values import containing
from enrollment.models.person import Person
from enrollment.models.profile import ForeignProfile, Profile
from enrollment.models.token import Token
from enrollment.models.yes_or_no import YesOrNo

FAMILIES = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("Mac", "Mac"),
    ("AppleTV", "Apple TV"),
    ("Vision", "Vision"),
]
WISHES = [
    (Wish.PROFILE, _("A profile")),
    (Wish.NO_PROFILE, Wish.NO_PROFILE.label),
    (Wish.NOTHING_SAID, Wish.NOTHING_SAID.label),
]


class _OfATokenField(fields.ModelChoiceField):
    def label_from_instance(self, one: Any) -> str:
        return f"{one} · {one.token}"


class _OfAToken(django_filters.ModelChoiceFilter):
    """One of the things that tokens have; two tokens may have one of the same name."""

    field_class = _OfATokenField


class DeviceFilter(django_filters.FilterSet):
    """The filters of the device list, the same for page, bulk action, export and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    state = django_filters.ChoiceFilter(method="in_state", choices=AssignmentState.choices, label=_("Assignment"))
    apple_status = django_filters.ChoiceFilter(
        field_name="apple_profile_status", choices=AppleProfileStatus.choices, label=_("Status at Apple")
    )
    profile = _OfAToken(queryset=Profile.objects.none(), label=_("Profile"))
    wish = django_filters.ChoiceFilter(method="is_wished", choices=WISHES, label=_("Wanted"))
    apple_profile = _OfAToken(method="has_profile", queryset=Profile.objects.none(), label=_("Profile at Apple"))
    foreign_profile = _OfAToken(
        method="has_foreign_profile", queryset=ForeignProfile.objects.none(), label=_("Profile of another tool")
    )
    without_profile = YesOrNo(method="is_without", label=_("Without a profile"))
    needs_wipe = YesOrNo(method="is_to_wipe", label=_("Needs wipe"))
    released = YesOrNo(method="is_released", label=_("Released"))
    family = django_filters.ChoiceFilter(choices=FAMILIES, label=_("Family"))
    model = django_filters.CharFilter(
        method="is_called", label=_("Model"), widget=TextInput(attrs={"list": "known-models"})
    )
    color = django_filters.CharFilter(lookup_expr="icontains", label=_("Colour"))
    serial = django_filters.CharFilter(lookup_expr="istartswith", label=_("Serial number begins with"))
    asset_tag = django_filters.CharFilter(method="is_tagged", label=_("Asset tag"))
    description = django_filters.CharFilter(method="is_called", label=_("Description"))
    assigned_by = django_filters.CharFilter(lookup_expr="icontains", label=_("Assigned by"))
    assigned_since = day_filter(is_since, _("Assigned to the server since"), "assigned_at")
    assigned_until = day_filter(is_until, _("Assigned to the server until"), "assigned_at")
    profile_assigned_since = day_filter(is_since, _("Profile assigned since"), "profile_assigned_at")
    profile_assigned_until = day_filter(is_until, _("Profile assigned until"), "profile_assigned_at")
    handed_since = day_filter(is_since, _("Handed to the device since"), "profile_pushed_at")
    handed_until = day_filter(is_until, _("Handed to the device until"), "profile_pushed_at")
    appeared_since = day_filter(is_since, _("Appeared here since"), "appeared_at")
    appeared_until = day_filter(is_until, _("Appeared here until"), "appeared_at")
    released_since = day_filter(is_since, _("Released since"), "released_at")
    released_until = day_filter(is_until, _("Released until"), "released_at")

    class Meta:
        model = Device
        fields: list[str] = []

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, queryset=Device.objects.visible_to(person), **more)
        # What may be chosen is what may be seen: a stranger's token is an unknown one.
        self.filters["token"].queryset = Token.objects.visible_to(person)
        for name in ("profile", "apple_profile"):
            self.filters[name].queryset = Profile.objects.visible_to(person).select_related("token")
        self.filters["foreign_profile"].queryset = ForeignProfile.objects.visible_to(person).select_related("token")
        for one in self.filters.values():
            if isinstance(one, django_filters.ChoiceFilter):
                one.extra["empty_label"] = _("All")
            elif isinstance(one, django_filters.BooleanFilter):
                one.extra["widget"] = Select(choices=[("", _("All")), ("true", _("yes")), ("false", _("no"))])

    @property
    def devices(self) -> DeviceQuerySet:
        """What matches. A filter that cannot be understood matches nothing: never more than was meant."""
        return self.qs if self.is_valid() else Device.objects.none()

    def search(self, devices: DeviceQuerySet, _name: str, words: str) -> DeviceQuerySet:
        return devices.search(words)

    def in_state(self, devices: DeviceQuerySet, _name: str, state: str) -> DeviceQuerySet:
        return devices.in_state(AssignmentState(state))

    def is_wished(self, devices: DeviceQuerySet, _name: str, wish: str) -> DeviceQuerySet:
        # The profile is what indexes know.
        return devices.filter(wish=wish, profile__isnull=wish != Wish.PROFILE)

    def has_profile(self, devices: DeviceQuerySet, _name: str, profile: Profile) -> DeviceQuerySet:
        uuids = profile.revisions.exclude(apple_uuid="").values_list("apple_uuid", flat=True)
        return devices.having(profile.token_id, set(uuids))

    def has_foreign_profile(self, devices: DeviceQuerySet, _name: str, profile: ForeignProfile) -> DeviceQuerySet:
        return devices.having(profile.token_id, {profile.apple_uuid})

    def is_without(self, devices: DeviceQuerySet, _name: str, without: bool) -> DeviceQuerySet:
        return devices.without_profile() if without else devices.exclude(is_without_profile())

    def is_to_wipe(self, devices: DeviceQuerySet, _name: str, to_wipe: bool) -> DeviceQuerySet:
        return devices.needing_wipe() if to_wipe else devices.with_needs_wipe().filter(needs_wipe=False)

    def is_released(self, devices: DeviceQuerySet, _name: str, released: bool) -> DeviceQuerySet:
        return devices.filter(released_at__isnull=not released)

    def is_called(self, devices: DeviceQuerySet, column: str, words: str) -> DeviceQuerySet:
        return devices.filter(containing(Device, column, words))

    def is_tagged(self, devices: DeviceQuerySet, _name: str, words: str) -> DeviceQuerySet:
        return devices.filter(tagged(words))
