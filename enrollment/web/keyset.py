"""Pages of long lists, and the links to their neighbours."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.models import keyset
from enrollment.models.keyset_place import place_meant, place_said


@dataclass
class Page:
    """One page of rows, how many there are in all, and the query strings of its neighbours ("" when there is none)."""

    rows: list[Any] = field(default_factory=list)
    next_query: str = ""
    previous_query: str = ""
    count_text: str = ""


def keyset_page(
    rows: QuerySet[Any],
    query: QueryDict,
    *,
    order: str,
    size: int,
    count: int | None = None,
    is_indexed: bool = True,
) -> Page:
    """The page that the query's `after` or `before` asks for.

    `order` is "pk" or a column of text or time, perhaps with "-"; `count` is how many rows match, when it was counted;
    `is_indexed` as in keyset.Order.
    """
    column, descends = order.lstrip("-"), order.startswith("-")
    before, after = (place_meant(query.get(name), rows.model, column) for name in ("before", "after"))
    is_back = before is not None
    # Going back reads the list in reverse, and turns the rows round again.
    found = keyset.Order(column, descends != is_back, count, is_indexed).read(rows, size + 1, before or after)
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    page = Page(found, count_text="" if count is None else _in_words(count))
    if found and (has_more or is_back):
        page.next_query = _link(query, "after", found[-1], column)
    if found and (has_more if is_back else after is not None):
        page.previous_query = _link(query, "before", found[0], column)
    return page


def _in_words(count: int) -> str:
    if count > keyset.COUNTED_TO:
        return _("more than %(count)s") % {"count": f"{keyset.COUNTED_TO:,}".replace(",", "\u202f")}
    return ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}


def _link(query: QueryDict, name: str, row: Model, column: str) -> str:
    link = query.copy()
    for old in ("after", "before"):
        link.pop(old, None)
    link[name] = place_said(getattr(row, column), row.pk)
    return link.urlencode()
