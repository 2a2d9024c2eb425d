from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from enrollment.web.second_factors import needs_second_factor

# What it takes to set a second factor up, to read it in one's language, and to leave.
OPEN = {
    "second-factor",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_login",
    "account_logout",
    "set_language",
}


def require_second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Where everyone needs a second factor, whoever has none is led to set one up and reaches nothing else before."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.needs_second_factor = request.user.is_authenticated and needs_second_factor(request)
        if request.needs_second_factor and _name(request) not in OPEN:
            return _lead(request)
        return get_response(request)

    return middleware


def _name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None


def _lead(request: HttpRequest) -> HttpResponse:
    to = reverse("second-factor")
    if request.path_info.startswith("/api/"):
        detail = _("Set up a second factor in the browser first.")
        problem = {"type": "about:blank", "title": HTTPStatus.FORBIDDEN.phrase, "status": 403, "detail": detail}
        return JsonResponse(problem, status=403, content_type="application/problem+json")
    return HttpResponseClientRedirect(to) if request.htmx else HttpResponseRedirect(to)
