from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

SMALLEST, LARGEST = 1, 1_000


class Pages(CursorPagination):
    """Pages by cursor: as fast at the end as at the beginning; `page_size` up to 1,000."""

    page_size = 100
    page_size_query_param = "page_size"
    cursor_query_description = "Where a page begins: follow `next` and `previous`, which have it."
    page_size_query_description = "How many a page holds."
    ordering = "id"

    def get_page_size(self, request: Request) -> int:
        said = request.query_params.get(self.page_size_query_param)
        if said is None:
            return self.page_size
        try:
            return serializers.IntegerField(min_value=SMALLEST, max_value=LARGEST).run_validation(said)
        except ValidationError as error:
            raise ValidationError({self.page_size_query_param: error.detail}) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, size = super().get_schema_operation_parameters(view)
        size["schema"] |= {"minimum": SMALLEST, "maximum": LARGEST, "default": self.page_size}
        return [cursor, size]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        neighbour = {"type": ["string", "null"], "format": "uri"}
        fields = {"next": neighbour, "previous": neighbour, "results": schema}
        return {"type": "object", "required": list(fields), "properties": fields}


class NewestFirst(Pages):
    """For what grows at its end: syncs, operations, audit."""

    ordering = "-id"
