from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import ngettext

from enrollment.models.typed_key import typed_key
from enrollment.web.keyset import Page


def numbered_page(rows: Sequence[Any], query: QueryDict, *, size: int) -> Page:
    """The page that the query's `page` asks for, of a list that is looked up whole; the last one beyond its end."""
    last = max((len(rows) - 1) // size + 1, 1)
    number = min(max(typed_key(query.get("page", "")) or 1, 1), last)
    count = ngettext("%(count)d row", "%(count)d rows", len(rows)) % {"count": len(rows)}
    page = Page(list(rows[(number - 1) * size : number * size]), count_text=count)
    page.next_query = _link(query, number + 1) if number < last else ""
    page.previous_query = _link(query, number - 1) if number > 1 else ""
    return page


def _link(query: QueryDict, number: int) -> str:
    link = query.copy()
    link["page"] = str(number)
    return link.urlencode()
