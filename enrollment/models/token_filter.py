from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.day_filter import day_filter, is_since, is_until
from enrollment.models.keyset import Order
from enrollment.models.person import Person
from enrollment.models.severity import Health
from enrollment.models.token import Token, TokenQuerySet, TokenStatus


class TokenFilter(django_filters.FilterSet):
    """The filters of the token list, the same for page and program (API-3).

    `health_of` looks up how each token is, for who asks by it; one it does not name is healthy.
    """

    q = django_filters.CharFilter(method="search", label=_("Search"))
    status = django_filters.ChoiceFilter(field_name="status_now", choices=TokenStatus.choices, label=_("Status"))
    health = django_filters.ChoiceFilter(method="is_well", choices=Health.choices, label=_("Health"))
    expires_since = day_filter(is_since, _("Expires from"), "expires_at")
    expires_until = day_filter(is_until, _("Expires until"), "expires_at")

    # What a list may be sorted by; a token that was never synced is the last of the last synced.
    SORTS = (("name", _("Name")), ("expires_at", _("Expiry")), ("-synced_at", _("Last sync")))
    sort = django_filters.ChoiceFilter(method="in_order", choices=SORTS, label=_("Sort by"), empty_label=None)

    class Meta:
        model = Token
        fields: list[str] = []

    def __init__(
        self, data: Any = None, *, person: Person, health_of: Callable[[], Mapping[int, Health]], **more: Any
    ) -> None:
        super().__init__(data, queryset=Token.objects.visible_to(person).with_status(), **more)
        self.health_of = health_of
        for name in ("status", "health"):
            self.filters[name].extra["empty_label"] = _("All")

    @property
    def tokens(self) -> TokenQuerySet:
        """What matches. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else Token.objects.none()

    @property
    def order(self) -> Order:
        said = (self.is_valid() and self.form.cleaned_data["sort"]) or "name"
        return Order(said.lstrip("-"), downwards=said.startswith("-"))

    def search(self, tokens: TokenQuerySet, _name: str, words: str) -> TokenQuerySet:
        return tokens.filter(Q(name__icontains=words) | Q(apple_id__icontains=words) | Q(org_name__icontains=words))

    def is_well(self, tokens: TokenQuerySet, _name: str, value: str) -> TokenQuerySet:
        healths = self.health_of()
        if value == Health.HEALTHY:
            return tokens.exclude(pk__in=[key for key, health in healths.items() if health != Health.HEALTHY])
        return tokens.filter(pk__in=[key for key, health in healths.items() if health == value])

    def in_order(self, tokens: TokenQuerySet, _name: str, _order: str) -> TokenQuerySet:
        return tokens  # whoever reads them puts them in order
