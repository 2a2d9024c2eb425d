import math
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from enrollment.actions.warnings.read_calendar import read_calendar
from enrollment.api.throttle import FailuresPerAddress


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar reads under a secret address, without signing in. Whoever guesses is counted as with keys."""
    text = read_calendar(secret)
    if text is None:
        return _refusal(request)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="pomona.ics"'
    # The address is the key to it: nothing in between keeps a copy, no search lists it, no other site is told of it.
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _refusal(request: HttpRequest) -> HttpResponse:
    failures = FailuresPerAddress()
    if failures.allow_request(request, None):
        return HttpResponse("Not found", status=HTTPStatus.NOT_FOUND, content_type="text/plain")
    wait = {"Retry-After": math.ceil(failures.wait() or 1)}
    return HttpResponse("Too many", status=HTTPStatus.TOO_MANY_REQUESTS, content_type="text/plain", headers=wait)
