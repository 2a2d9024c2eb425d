from datetime import date
from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.day_filter import day_filter
from enrollment.models.person import Person
from enrollment.models.profile import Profile, ProfileQuerySet
from enrollment.models.profile_certificates import carrying
from enrollment.models.token import Token

CERTIFICATE_DAYS = ("certificate_since", "certificate_until")


class ProfileFilter(django_filters.FilterSet):
    """The filters of the profile list, the same for page and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    # Both are of the same certificate, so they are looked at together.
    certificate_since = day_filter("as_it_is", _("Certificate expires from"))
    certificate_until = day_filter("as_it_is", _("Certificate expires until"))

    class Meta:
        model = Profile
        fields: list[str] = []

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, queryset=Profile.objects.visible_to(person), **more)
        self.filters["token"].queryset = Token.objects.visible_to(person)

    @property
    def profiles(self) -> ProfileQuerySet:
        """What matches. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else Profile.objects.none()

    def filter_queryset(self, queryset: ProfileQuerySet) -> ProfileQuerySet:
        found = super().filter_queryset(queryset)
        since, until = (self.form.cleaned_data[name] for name in CERTIFICATE_DAYS)
        return found.filter(pk__in=carrying(found, since=since, until=until)) if since or until else found

    def as_it_is(self, profiles: ProfileQuerySet, _name: str, _day: date) -> ProfileQuerySet:
        return profiles

    def search(self, profiles: ProfileQuerySet, _name: str, words: str) -> ProfileQuerySet:
        return profiles.filter(Q(name__icontains=words) | Q(description__icontains=words))
