"""Pages of lists that are sorted and filtered by what the reader likes: the same machinery as the pages' for people."""

from dataclasses import replace
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from enrollment.api.pages import Pages
from enrollment.models.keyset import Order
from enrollment.models.keyset_place import place_meant, place_said

ON, BACK = "n", "p"  # what a cursor begins with


class KeysetPages(Pages):
    """By `view.order_of(rows)`; a rare filter costs no look at all the rows that it leaves out."""

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request, self.size = request, self.get_page_size(request)
        self.order: Order = view.order_of(queryset)
        said = request.query_params.get(self.cursor_query_param, "")
        place = place_meant(said[1:], queryset.model, self.order.column)
        if said and (place is None or said[0] not in (ON, BACK)):
            raise NotFound(self.invalid_cursor_message)
        self.is_back, self.is_first = said.startswith(BACK), not said
        order = replace(self.order, downwards=self.order.downwards != self.is_back)
        found = order.read(queryset, self.size + 1, place)
        self.has_more, self.page = len(found) > self.size, found[: self.size]
        if self.is_back:
            self.page.reverse()
        return self.page

    def get_next_link(self) -> str | None:
        return self._link(ON, self.page[-1]) if self.page and (self.has_more or self.is_back) else None

    def get_previous_link(self) -> str | None:
        has_one = self.has_more if self.is_back else not self.is_first
        return self._link(BACK, self.page[0]) if self.page and has_one else None

    def _link(self, way: str, row: Model) -> str:
        cursor = way + place_said(getattr(row, self.order.column), row.pk)
        return replace_query_param(self.request.build_absolute_uri(), self.cursor_query_param, cursor)
