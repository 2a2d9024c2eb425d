"""Pages of long lists by where they start, not by number: as fast at the end as at the beginning."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

COUNTED_TO = 10_000  # beyond this a list only says "more than"


@dataclass
class Page:
    """One page of rows, and the query strings of its neighbours ("" when there is none)."""

    rows: list[Any] = field(default_factory=list)
    next_query: str = ""
    previous_query: str = ""
    count_text: str = ""


def keyset_page(rows: QuerySet[Any], query: QueryDict, *, order: str, size: int) -> Page:
    """The page that the query's `after` or `before` asks for. `order` is a column, perhaps with "-"; pk breaks ties."""
    column, descends = order.lstrip("-"), order.startswith("-")
    before, after = _read(query.get("before")), _read(query.get("after"))
    is_back = before is not None
    place = before or after
    # Going back reads the list in reverse, and turns the rows round again.
    downwards = descends != is_back
    ordered = rows.order_by(f"-{column}" if downwards else column, "-pk" if downwards else "pk")
    if place is not None:
        ordered = ordered.filter(_beyond(column, place, downwards=downwards))
    found = list(ordered[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    page = Page(found)
    if found and (has_more or is_back):
        page.next_query = _link(query, "after", found[-1], column)
    if found and (has_more if is_back else after is not None):
        page.previous_query = _link(query, "before", found[0], column)
    return page


def count_in_words(rows: QuerySet[Any]) -> str:
    """How many rows match: exactly while that is cheap."""
    count = rows.order_by()[: COUNTED_TO + 1].count()
    if count > COUNTED_TO:
        return _("more than %(count)s") % {"count": f"{COUNTED_TO:,}".replace(",", "\u202f")}
    return ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}


def _beyond(column: str, place: list[Any], *, downwards: bool) -> Q:
    way = "lt" if downwards else "gt"
    value, pk = place
    same = (
        Q(**{column: value, f"pk__{way}": pk})
        if value is not None
        else Q(**{f"{column}__isnull": True, f"pk__{way}": pk})
    )
    return same if value is None else Q(**{f"{column}__{way}": value}) | same


def _link(query: QueryDict, name: str, row: Model, column: str) -> str:
    link = query.copy()
    for old in ("after", "before"):
        link.pop(old, None)
    value = getattr(row, column)
    said = json.dumps([value if isinstance(value, str | int) or value is None else value.isoformat(), row.pk])
    link[name] = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return link.urlencode()


def _read(said: str | None) -> list[Any] | None:
    """A place we gave; anything else is the beginning."""
    if not said:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, binascii.Error):
        return None
    is_ours = isinstance(place, list) and len(place) == 2 and isinstance(place[1], int)
    return place if is_ours and isinstance(place[0], str | int) else None
