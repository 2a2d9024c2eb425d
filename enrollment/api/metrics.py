from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as PLAIN
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as as_openmetrics
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from enrollment.api.authentication import ApiKeyAuthentication
from enrollment.api.metric_families import Figures
from enrollment.models import Permission
from enrollment.permissions import check


class Whatever(BaseContentNegotiation):
    """Prometheus asks in words of its own; refusals are problem documents for whoever asks."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)
class Metrics(APIView):
    """What Prometheus reads, with an API key: as text, or as OpenMetrics for who asks for that (WARN-4)."""

    authentication_classes = [ApiKeyAuthentication]
    content_negotiation_class = Whatever
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> HttpResponse:
        check(request.user, Permission.READ_TOKEN)
        registry = CollectorRegistry()
        registry.register(Figures(request.user, timezone.now()))
        if "application/openmetrics-text" in request.headers.get("Accept", ""):
            return HttpResponse(as_openmetrics(registry), content_type=OPENMETRICS)
        return HttpResponse(generate_latest(registry), content_type=PLAIN)
