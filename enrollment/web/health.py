"""For balancers and whatever watches over processes: no page, no sign-in, nothing about the organisation."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.views.decorators.http import require_safe

from enrollment.actions.warnings.check_readiness import check_readiness

PROBES = ("/health/live", "/health/ready")


@login_not_required
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that no database that is away gets it restarted."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Whether pages can be answered here, and what is missing by name alone."""
    found = check_readiness()
    said = {
        "ready": found.is_ready,
        "checks": {"database": found.database, "migrations": found.migrations, "cache": found.cache},
        "clock": found.clock,
    }
    return JsonResponse(said, status=HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


def answer_probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Probes come by the node's own address and without cookies: sessions and names of hosts are not their affair."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            return resolve(request.path_info).func(request)
        return get_response(request)

    return middleware
