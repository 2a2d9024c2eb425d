from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from enrollment.models.audit_entry import origin

Answering = Callable[[HttpRequest], HttpResponse]


def remember_origin(get_response: Answering) -> Answering:
    """Audit entries written during a request tell from which address it came."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = origin.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return get_response(request)
        finally:
            origin.reset(before)

    return middleware


def allow_nothing_else(get_response: Answering) -> Answering:
    """What Django has no setting for: no camera, no place; and no other site takes our answers into its pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def keep_no_copy(get_response: Answering) -> Answering:
    """What a page, a download or an answer says is for whoever asked, now: no cache and no "back" shows it again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
