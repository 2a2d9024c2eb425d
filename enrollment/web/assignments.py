from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.actions.profiles.preview_assignment import preview_assignment
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.models import Device, Permission, Profile, Token
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_filter import DeviceFilter
from enrollment.permissions import check


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Choose a profile for the chosen devices, see what would happen, confirm (DEV-2)."""
    check(request.user, Permission.ASSIGN_PROFILE)
    devices = _chosen(request)
    tokens = Token.objects.filter(pk__in=devices.order_by().values("token_id"))
    profiles = Profile.objects.visible_to(request.user).filter(token__in=tokens).select_related("token", "current")
    profile = None
    if request.POST.get("profile", "").isdecimal():
        profile = get_object_or_404(profiles, pk=request.POST["profile"])
    if profile and request.POST.get("confirm"):
        return _assign(request, devices, profile)
    preview = preview_assignment(devices, profile) if profile else None
    values = {
        **_carried(request),
        "section": "device-list",
        "count": devices.count(),
        "profiles": profiles,
        "profile": profile,
        "preview": preview,
        "reasons": [(reason.label, count) for reason, count in preview.cannot.items()] if preview else [],
    }
    return render(request, "enrollment/devices/assign.html", values)


def _assign(request: HttpRequest, devices: DeviceQuerySet, profile: Profile) -> HttpResponse:
    try:
        count = assign_profile(devices, profile, by=request.user)
    except TooManyDevices as error:
        messages.error(request, _(error.sentence) % error.details)
        return redirect(_back(request))
    tasks.enqueue(tasks.run_reconcile, profile.token_id)
    text = ngettext("%(count)d device is to get “%(name)s”.", "%(count)d devices are to get “%(name)s”.", count)
    messages.success(request, text % {"count": count, "name": profile.name})
    return redirect(_back(request))


@require_POST
def unassign(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.ASSIGN_PROFILE)
    devices = _chosen(request)
    if not request.POST.get("confirm"):
        values = {**_carried(request), "section": "device-list", "count": devices.count()}
        return render(request, "enrollment/devices/unassign.html", values)
    tokens = list(Token.objects.filter(pk__in=devices.order_by().values("token_id")))
    count = unassign_profile(devices, by=request.user)
    for token in tokens:
        tasks.enqueue(tasks.run_reconcile, token.pk)
    text = ngettext("%(count)d device is to lose its profile.", "%(count)d devices are to lose their profile.", count)
    messages.success(request, text % {"count": count})
    return redirect(_back(request))


def _chosen(request: HttpRequest) -> DeviceQuerySet:
    """The rows that were ticked, or all that match the list's filters."""
    if request.POST.get("all_matching"):
        return DeviceFilter(QueryDict(request.POST.get("query", "")), person=request.user).devices
    keys = [key for key in request.POST.getlist("device") if key.isdecimal()]
    return Device.objects.visible_to(request.user).filter(pk__in=keys)


def _carried(request: HttpRequest) -> dict[str, Any]:
    """What the confirmation has to send again."""
    return {
        "chosen": request.POST.getlist("device"),
        "all_matching": request.POST.get("all_matching", ""),
        "query": request.POST.get("query", ""),
        "back": _back(request),
    }


def _back(request: HttpRequest) -> str:
    query = request.POST.get("query", "")
    return f"{reverse('device-list')}?{query}" if query else reverse("device-list")
