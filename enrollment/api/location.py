"""Where what was made or begun can be read."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.reverse import reverse

LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    description="The address of what was made or begun.",
    response=[201, 202],
)


def location(name: str, pk: int, request: Request) -> dict[str, str]:
    """The header for the object of this key; `name` is the detail route's."""
    return {"Location": reverse(name, args=[pk], request=request)}
