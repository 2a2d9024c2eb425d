"""What goes wrong outside every view, said in the way of the door it was asked at."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error


def went_wrong(request: HttpRequest) -> HttpResponse:
    """A fault of ours: a page for people, a problem document for programs."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    body = {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": _("Something went wrong here. It is noted in the log."),
    }
    return JsonResponse(body, status=500, content_type="application/problem+json")
