"""What should surprise nobody: all that stands, and each warning by itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from enrollment.web.standing import standing_warnings


@require_GET
def warning_list(request: HttpRequest) -> HttpResponse:
    values = {"section": "warning-list", "warnings": standing_warnings(request)}
    return render(request, "enrollment/warnings/list.html", values)


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    warning = next((one for one in standing_warnings(request) if one.key == key), None)
    if warning is None:
        raise Http404
    return render(request, "enrollment/warnings/detail.html", {"section": "warning-list", "warning": warning})
