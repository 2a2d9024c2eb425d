"""Pages of long lists, and the links to their neighbours."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.models import keyset

LAST_YEAR = 9998  # of those that every time zone can still tell


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
    read = _reader(rows.model, column)
    before, after = (_place(query.get(name), read) for name in ("before", "after"))
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


def place_after(value: str | int | datetime | None, pk: int) -> str:
    """What `after` and `before` say in an address."""
    said = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([said, pk]).encode()).decode().rstrip("=")


def _link(query: QueryDict, name: str, row: Model, column: str) -> str:
    link = query.copy()
    for old in ("after", "before"):
        link.pop(old, None)
    link[name] = place_after(getattr(row, column), row.pk)
    return link.urlencode()


def _place(said: str | None, read: Callable[[Any], Any]) -> tuple[Any, int] | None:
    """A place we gave in a list whose column is read so; anything else is the beginning."""
    if not said:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        return (read(value), pk) if type(pk) is int else None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None


def _reader(model: type[Model], column: str) -> Callable[[Any], Any]:
    """What makes a value of the column of what an address says; ValueError when that is none."""
    if keyset.is_of_times(model, column):
        return _time
    return partial(_of_kind, int if column == "pk" else str)


def _of_kind(kind: type[str | int], value: Any) -> Any:
    if type(value) is not kind or "\x00" in str(value):
        raise ValueError
    return value


def _time(said: Any) -> datetime | None:
    moment = None if said is None else datetime.fromisoformat(said)
    if moment and not (moment.tzinfo and keyset.BEFORE_ALL_TIMES.year <= moment.year <= LAST_YEAR):
        raise ValueError
    return moment
