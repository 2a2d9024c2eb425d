from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """Pages by cursor: as fast at the end as at the beginning; `page_size` up to 1,000."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1_000
    ordering = "id"


class NewestFirst(Pages):
    """For what grows at its end: syncs, operations, audit."""

    ordering = "-id"
