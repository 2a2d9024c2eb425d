"""Exports: the same files as those of the pages, as they are written."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.renderers import JSONRenderer

MEDIA_TYPE = "text/csv"
CSV = {
    (200, MEDIA_TYPE): OpenApiResponse(
        OpenApiTypes.STR,
        "In the language asked for; UTF-8 with a byte order mark, cells separated as spreadsheets of it expect.",
    )
}


class Csv(JSONRenderer):
    """Agrees to who asks for CSV; only refusals are rendered by it, and they are problem documents."""

    media_type = MEDIA_TYPE
    format = "csv"


def streamed(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """A file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)
