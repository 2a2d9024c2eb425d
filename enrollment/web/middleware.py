import ipaddress
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from enrollment.models.audit_entry import origin

Answering = Callable[[HttpRequest], HttpResponse]


def believe_the_proxy(get_response: Answering) -> Answering:
    """Behind a proxy, whoever is counted and written down is whom the proxy names: the last of the list it hands on.

    What stands before that anybody could have written.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        named = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and _is_address(named):
            request.META["REMOTE_ADDR"] = named
        return get_response(request)

    return middleware


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


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
