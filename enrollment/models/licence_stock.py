"""How many licences there are of an app, at all its prices together, and whether that is enough (VPP-1)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.licences import Licences, LicencesQuerySet
from enrollment.models.vpp_token import VppToken

BOOK = "Book"
COMPANY_PORTAL = "719171358"  # Microsoft's; COMPANY_PORTAL_APP may name another app


class Supply(models.TextChoices):
    """Whether there is enough of it."""

    GONE = "gone", _("None left")
    LOW = "low", _("Few left")
    ENOUGH = "enough", _("Enough")


# The same rules for one row and for the database, side by side; a test holds them together.
def supply_of(owned: int, free: int) -> Supply:
    if free <= 0:
        return Supply.GONE
    is_low = free <= limits.LICENCES_LOW or free * 100 <= owned * limits.LICENCES_LOW_PERCENT
    return Supply.LOW if is_low else Supply.ENOUGH


GONE = Q(free__lte=0)
FEW = Q(free__lte=limits.LICENCES_LOW) | Q(owned__gte=F("free") * (100 // limits.LICENCES_LOW_PERCENT))
_SUPPLY = Case(
    When(GONE, then=Value(Supply.GONE.value)),
    When(FEW, then=Value(Supply.LOW.value)),
    default=Value(Supply.ENOUGH.value),
)


@dataclass(frozen=True)
class Stock:
    """What a location has of one app or book."""

    vpp_token: int
    adam_id: str
    called: str
    product: str
    owned: int
    used: int
    free: int
    retired_ones: int
    prices: tuple[str, ...]

    @property
    def supply(self) -> Supply:
        return supply_of(self.owned, self.free)

    @property
    def used_share(self) -> float:
        """Of a bar of 1000; retired ones follow, the rest is free."""
        return self._share(self.used)

    @property
    def retired_share(self) -> float:
        return min(self._share(self.retired_ones), 1000 - self.used_share)

    def _share(self, count: int) -> float:
        whole = max(self.owned, self.used + self.free + self.retired_ones, 1)  # Apple's numbers need not agree
        return round(1000 * count / whole, 2)

    @property
    def is_company_portal(self) -> bool:
        return self.adam_id == settings.COMPANY_PORTAL_APP

    @property
    def is_dear(self) -> bool:
        """Whether its price is worth telling: at the usual one there is nothing to say."""
        return self.prices != ("STDQ",)

    @property
    def is_book(self) -> bool:
        return self.product == BOOK

    @property
    def title(self) -> str:
        return app_title(self.adam_id, self.called)


def app_title(adam_id: str, name: str) -> str:
    """What an app is called, by Apple or by us."""
    if name:
        return name
    return gettext("Company Portal") if adam_id == COMPANY_PORTAL else gettext("App %(id)s") % {"id": adam_id}


def by_app(licences: LicencesQuerySet) -> QuerySet[Any, dict[str, Any]]:
    """A row for each app of each token, the Company Portal first; `stocks` makes values of them."""
    is_first = When(adam_id=settings.COMPANY_PORTAL_APP, then=Value(0))
    return (
        licences.order_by()
        .values("vpp_token", "adam_id")
        .annotate(
            called=Max("name"),
            product=Max("product_type"),
            owned=Sum("total"),
            used=Sum("assigned"),
            free=Sum("available"),
            retired_ones=Sum("retired"),
            first_price=Min("pricing_param"),
            last_price=Max("pricing_param"),
            place=Case(is_first, default=Value(1)),
            supply_now=_SUPPLY,
        )
    )


def stocks(rows: Collection[Mapping[str, Any]] | QuerySet[Any, dict[str, Any]]) -> Iterator[Stock]:
    """Of rows of `by_app`."""
    for row in rows:
        known = {name: row[name] for name in Stock.__dataclass_fields__ if name != "prices"}
        yield Stock(**known, prices=tuple(sorted({row["first_price"], row["last_price"]}, reverse=True)))


class ShortApp(NamedTuple):
    """An app of which few licences are left, or none. There may be ten thousand: no more of each than warnings need."""

    vpp_token: int
    adam_id: str
    called: str
    owned: int
    free: int
    supply_now: str

    @property
    def is_company_portal(self) -> bool:
        return self.adam_id == settings.COMPANY_PORTAL_APP


def short_apps(tokens: Collection[int]) -> list[ShortApp]:
    """The apps, and no books, of which these VPP tokens, by their keys, have few left or none."""
    if not tokens:
        return []
    theirs = Licences.objects.filter(vpp_token__in=tokens).exclude(product_type=BOOK)
    # Of an app at two prices the one that has enough counts, too.
    some = theirs.filter(adam_id__in=theirs.few_left().order_by().values("adam_id"))
    by_price = some.order_by().values("vpp_token", "adam_id")
    sums = {"called": Max("name"), "owned": Sum("total"), "free": Sum("available")}
    counted = by_price.annotate(**sums, supply_now=_SUPPLY)
    return [ShortApp(*row) for row in counted.filter(GONE | FEW).values_list(*ShortApp._fields)]


def company_portal_stock(tokens: Collection[VppToken]) -> dict[int, Stock]:
    """What each has of the Company Portal, by the tokens' keys; those that have none are left out."""
    found = Licences.objects.filter(vpp_token__in=tokens, adam_id=settings.COMPANY_PORTAL_APP)
    return {stock.vpp_token: stock for stock in stocks(by_app(found))}
