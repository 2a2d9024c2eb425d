from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from enrollment.models import Device, Permission
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.keyset import counted
from enrollment.permissions import check
from enrollment.web.device_page import may_do
from enrollment.web.keyset import keyset_page

SORTS = ("serial", "-serial", "model", "-model")
SIZES = (50, 100, 200)


def device_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_DEVICE)
    filters = DeviceFilter(request.GET, person=request.user)
    # Tokens are looked up apart: joined, SQLite would walk them first and sort all their devices.
    found = filters.devices.with_state().with_needs_wipe().select_related("profile__current").prefetch_related("token")
    found = found.defer("profile__current__settings", "profile__current__payload")
    sort = request.GET.get("sort", "serial")
    size = request.GET.get("size", "")
    page = keyset_page(
        found,
        request.GET,
        order=sort if sort in SORTS else "serial",
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        count=counted(filters.devices),
    )
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    values = {
        "section": "device-list",
        "page": page,
        "filters": filters,
        "query": query.urlencode(),
        "is_filtered": any(request.GET.get(name) for name in filters.filters),
        **may_do(request.user),
    }
    template = "_table" if request.htmx and not request.htmx.boosted else "list"
    return render(request, f"enrollment/devices/{template}.html", values)


def search(request: HttpRequest) -> HttpResponse:
    """The search of every page: a whole serial number leads straight to its device."""
    check(request.user, Permission.READ_DEVICE)
    words = request.GET.get("q", "").strip()
    exact = Device.objects.visible_to(request.user).filter(serial=words.upper())[:2]
    if words and len(exact) == 1:
        return redirect("device-detail", exact[0].pk)
    return redirect(f"{reverse('device-list')}?{request.GET.urlencode()}")
