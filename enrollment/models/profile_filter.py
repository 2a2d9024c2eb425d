from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.person import Person
from enrollment.models.profile import Profile, ProfileQuerySet
from enrollment.models.token import Token


class ProfileFilter(django_filters.FilterSet):
    """The filters of the profile list, the same for page and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))

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

    def search(self, profiles: ProfileQuerySet, _name: str, words: str) -> ProfileQuerySet:
        return profiles.filter(Q(name__icontains=words) | Q(description__icontains=words))
