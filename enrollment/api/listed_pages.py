"""Pages of a list that is looked up whole, such as what stands at the moment."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from enrollment.api.pages import Pages
from enrollment.models.typed_key import typed_key


class ListedPages(Pages):
    """A cursor is how many come before."""

    def paginate_queryset(self, queryset: Sequence[Any], request: Request, view: Any = None) -> list[Any]:
        self.request, self.size, self.rows = request, self.get_page_size(request), queryset
        said = request.query_params.get(self.cursor_query_param, "")
        self.start = typed_key(said)
        if said and not self.start:
            raise NotFound(self.invalid_cursor_message)
        return list(queryset[self.start : self.start + self.size])

    def get_next_link(self) -> str | None:
        end = self.start + self.size
        return self._link(end) if end < len(self.rows) else None

    def get_previous_link(self) -> str | None:
        if not self.start:
            return None
        return self._link(self.start - self.size) if self.start > self.size else self._link(None)

    def _link(self, start: int | None) -> str:
        here = self.request.build_absolute_uri()
        if start is None:
            return remove_query_param(here, self.cursor_query_param)
        return replace_query_param(here, self.cursor_query_param, start)
