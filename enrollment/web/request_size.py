"""How much may be sent, decided by what the request says of its length: not a byte of too much is read."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from enrollment import limits

View = TypeVar("View", bound=Callable[..., HttpResponse])
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def takes_up_to(size: int) -> Callable[[View], View]:
    """The view takes so many bytes of files and pasted text, and what stands around them."""

    def mark(view: View) -> View:
        view.takes_up_to = size  # type: ignore[attr-defined]
        return view

    return mark


def bound_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse what is longer than its view takes: the usual size, unless it says otherwise by `takes_up_to`.

    A request that does not say its length is read as one without a body.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        # The page of a form says it, too, before anything is sent in vain.
        request.takes_up_to = most = _most(request, view)
        return _refuse(request, most) if _length(request) > most + limits.AROUND_BYTES else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0


def _most(request: HttpRequest, view: Any) -> int:
    """Of a viewset, the action may say it, or all of it."""
    viewset = getattr(view, "cls", None)
    action = getattr(viewset, getattr(view, "actions", {}).get((request.method or "").lower(), ""), None)
    said = next((size for one in (action, viewset, view) if (size := getattr(one, "takes_up_to", None))), None)
    return said or (limits.API_REQUEST_BYTES if viewset else limits.REQUEST_BYTES)


def _refuse(request: HttpRequest, most: int) -> HttpResponse:
    size = filesizeformat(most)
    if request.path_info.startswith("/api/"):
        detail = _("This is more than can be taken at once: at most %(size)s.") % {"size": size}
        problem = {"type": "about:blank", "title": TOO_LARGE.phrase, "status": int(TOO_LARGE), "detail": detail}
        return JsonResponse(problem, status=TOO_LARGE, content_type="application/problem+json")
    return render(request, "413.html", {"size": size}, status=TOO_LARGE)
