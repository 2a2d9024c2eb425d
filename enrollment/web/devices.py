from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from enrollment.models import Device, Permission, Person
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.device_list import COLUMNS, columns_of, sort_of
from enrollment.models.keyset import counted
from enrollment.models.known_models import known_models
from enrollment.models.serial_number import is_plausible, normalised, without_scan_prefix
from enrollment.permissions import check
from enrollment.web.device_page import may_do
from enrollment.web.device_table import chips, dressed, headings
from enrollment.web.keyset import keyset_page

SIZES = ("50", "100", "200")
PLACES = ("after", "before")
MAIN_FILTERS = ("token", "state", "apple_status", "profile")


def device_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_DEVICE)
    filters = DeviceFilter(request.GET, person=request.user)
    query, sort = _said(request.GET, filters), sort_of(request.GET.get("sort"))
    columns = columns_of(request.user.device_columns)
    heads = headings(columns, sort, query)
    # Keys first: sorting many devices carries no more than it needs.
    page = keyset_page(
        filters.devices.only(sort.column),
        query,
        order=str(sort),
        size=int(query.get("size", SIZES[0])),
        count=counted(filters.devices),
        is_indexed=sort.is_indexed,
    )
    page.rows = dressed(page.rows, heads)
    for name in PLACES:
        query.pop(name, None)
    set_filters = chips(filters, query)
    values = {
        "section": "device-list",
        "page": page,
        "filters": filters,
        "query": query.urlencode(),
        "headings": heads,
        "shown": {column.name for column in columns},
        "chips": set_filters,
        "is_filtered": bool(set_filters),
        "all_columns": [(column, column in columns) for column in COLUMNS.values()],
        "views": request.user.saved_views.all(),
        **may_do(request.user),
    }
    # Going back in the browser's history asks for the whole page.
    if request.htmx and not (request.htmx.boosted or request.htmx.history_restore_request):
        answer = render(request, "enrollment/devices/_table.html", values)
        answer.headers["HX-Push-Url"] = f"{reverse('device-list')}?{query.urlencode()}".removesuffix("?")
        return answer
    return render(request, "enrollment/devices/list.html", {**values, **_filter_form(filters, request.user)})


def _said(said: QueryDict, filters: DeviceFilter) -> QueryDict:
    """What an address says that a list knows: without what a form sends empty."""
    known = {name: said[name] for name in (*filters.filters, "sort", *PLACES) if said.get(name)}
    if said.get("size") in SIZES:
        known["size"] = said["size"]
    query = QueryDict(mutable=True)
    query.update(known)
    return query


def _filter_form(filters: DeviceFilter, person: Person) -> dict[str, object]:
    """The fields that are always there, the others, and the models there are, for those who see all of them."""
    form = filters.form
    more = [field for field in form if field.name not in (*MAIN_FILTERS, "q")]
    return {
        "main_fields": [form[name] for name in MAIN_FILTERS],
        "more_fields": more,
        "more_is_set": any(field.data for field in more),
        "models": known_models(person) if person.sees_everything else [],
    }


def search(request: HttpRequest) -> HttpResponse:
    """The search of every page: a whole serial number leads straight to its device."""
    check(request.user, Permission.READ_DEVICE)
    serial = normalised(request.GET.get("q", ""))
    device = _called(serial, request.user) or _called(without_scan_prefix(serial), request.user)
    if device:
        return redirect("device-detail", device.pk)
    return redirect(f"{reverse('device-list')}?{request.GET.urlencode()}")


def _called(serial: str, person: Person) -> Device | None:
    """The device of a serial number; of several tokens that know it, the only one that still has it."""
    known = list(Device.objects.visible_to(person).filter(serial=serial)) if is_plausible(serial) else []
    present = [device for device in known if not device.released_at]
    only = known if len(known) == 1 else present
    return only[0] if len(only) == 1 else None
