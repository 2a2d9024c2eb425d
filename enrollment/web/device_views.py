"""What people make of the device list for themselves: its columns, and lists to come back to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment.actions.access.choose_device_columns import choose_device_columns
from enrollment.actions.access.delete_device_view import delete_device_view
from enrollment.actions.access.save_device_view import ViewRefused, save_device_view
from enrollment.models import Permission
from enrollment.permissions import check


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_DEVICE)
    chosen = [] if "usual" in request.POST else request.POST.getlist("column")
    choose_device_columns(request.user, chosen)
    return _to_list(request.POST.get("query", ""))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """From the list, or from the page that says why it was not possible."""
    check(request.user, Permission.READ_DEVICE)
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    try:
        view = save_device_view(request.user, name, query, replaces="replace" in request.POST)
    except ViewRefused as refusal:
        values = {"section": "device-list", "name": name, "query": query, "refusal": refusal}
        return render(request, "enrollment/devices/save_view.html", values)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return _to_list(view.query)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(request.user.saved_views, pk=pk)
    delete_device_view(view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return _to_list(request.POST.get("query", ""))


def _to_list(query: str) -> HttpResponse:
    return redirect(f"{reverse('device-list')}?{query}" if query else reverse("device-list"))
