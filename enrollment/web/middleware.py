from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from enrollment.models.audit_entry import origin


def remember_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Audit entries written during a request tell from which address it came."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = origin.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return get_response(request)
        finally:
            origin.reset(before)

    return middleware
