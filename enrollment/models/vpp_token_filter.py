from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.day_filter import day_filter, is_since, is_until
from enrollment.models.keyset import Order
from enrollment.models.person import Person
from enrollment.models.vpp_token import VppToken, VppTokenQuerySet, VppTokenStatus


class VppTokenFilter(django_filters.FilterSet):
    """The filters of the list of VPP tokens, the same for page and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    status = django_filters.ChoiceFilter(field_name="status_now", choices=VppTokenStatus.choices, label=_("Status"))
    expires_since = day_filter(is_since, _("Expires from"), "expires_at")
    expires_until = day_filter(is_until, _("Expires until"), "expires_at")

    SORTS = (("name", _("Name")), ("expires_at", _("Expiry")), ("-read_at", _("Last read")))
    sort = django_filters.ChoiceFilter(method="in_order", choices=SORTS, label=_("Sort by"), empty_label=None)

    class Meta:
        model = VppToken
        fields: list[str] = []

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, queryset=VppToken.objects.visible_to(person).with_status(), **more)
        self.filters["status"].extra["empty_label"] = _("All")

    @property
    def tokens(self) -> VppTokenQuerySet:
        """What matches. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else VppToken.objects.none()

    @property
    def order(self) -> Order:
        said = (self.is_valid() and self.form.cleaned_data["sort"]) or "name"
        return Order(said.lstrip("-"), downwards=said.startswith("-"))

    def search(self, tokens: VppTokenQuerySet, _name: str, words: str) -> VppTokenQuerySet:
        in_place = Q(location_name__icontains=words) | Q(org_name__icontains=words)
        return tokens.filter(Q(name__icontains=words) | in_place)

    def in_order(self, tokens: VppTokenQuerySet, _name: str, _order: str) -> VppTokenQuerySet:
        return tokens  # whoever reads them puts them in order
