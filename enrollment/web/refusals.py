from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from enrollment.actions.audit.note_refused_access import note_refused_access

Answering = Callable[[HttpRequest], HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")


def remember_refusals(get_response: Answering) -> Answering:
    """Whoever tries to change or take away what they may not is told in the audit log, for pages and programs alike."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN and request.user.is_authenticated:
            page = request.resolver_match.url_name if request.resolver_match else ""
            if request.method not in SAFE or "export" in (page or ""):
                note_refused_access(request.user, page=page or "", method=request.method or "", address=request.path)
        return response

    return middleware
