from typing import Any

import django_filters
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from enrollment.models.licence_stock import BOOK, Supply, by_app
from enrollment.models.licences import Licences
from enrollment.models.vpp_token import VppToken

# The Company Portal first, then by name, what has none last; names of what LicenceFilter tells of each row.
BY_NAME = ("place", "is_nameless", "sorted_by", "adam_id")


class LicenceFilter(django_filters.FilterSet):
    """The filters of a VPP token's licences, by app, the same for page and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    supply = django_filters.ChoiceFilter(field_name="supply_now", choices=Supply.choices, label=_("Licences left"))
    kind = django_filters.ChoiceFilter(
        method="of_kind", choices=(("app", _("Apps")), ("book", _("Books"))), label=_("Kind")
    )

    class Meta:
        model = Licences
        fields: list[str] = []

    def __init__(self, data: Any = None, *, token: VppToken, **more: Any) -> None:
        nameless_last = Case(When(called="", then=Value(1)), default=Value(0))
        rows = by_app(token.licences.all()).annotate(is_nameless=nameless_last, sorted_by=Lower("called"))
        super().__init__(data, queryset=rows, **more)
        for name in ("supply", "kind"):
            self.filters[name].extra["empty_label"] = _("All")

    @property
    def rows(self) -> QuerySet[Any, dict[str, Any]]:
        """What matches, by app. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else self.queryset.none()

    def search(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(Q(called__icontains=words) | Q(adam_id__startswith=words))

    def of_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        return rows.filter(product=BOOK) if kind == "book" else rows.exclude(product=BOOK)


# How a page may sort them; the Company Portal comes first whatever the order.
SORTS = (("name", _("Name")), ("free", _("Fewest left")), ("-used", _("Most used")), ("-owned", _("Most owned")))


def in_order(rows: QuerySet[Any, dict[str, Any]], sort: str) -> QuerySet[Any, dict[str, Any]]:
    place, *by_name = BY_NAME
    return rows.order_by(place, *([sort] if sort in dict(SORTS) and sort != "name" else []), *by_name)
