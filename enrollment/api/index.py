from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Index(APIView):
    """Where everything is, for who looks around; it tells what stands in the schema, so it tells everybody."""

    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    http_method_names = ["get", "head"]
    nouns: tuple[str, ...] = ()

    def get(self, request: Request) -> Response:
        return Response({noun: request.build_absolute_uri(f"{noun}/") for noun in self.nouns})
