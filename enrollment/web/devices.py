from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.models import AuditEntry, Device, ForeignProfile, Permission, Person, ProfileRevision
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.keyset import counted
from enrollment.models.name_template import device_name
from enrollment.permissions import check, may
from enrollment.web.keyset import keyset_page

SORTS = ("serial", "-serial", "model", "-model")
SIZES = (50, 100, 200)
ENTRIES_SHOWN = 20


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
        **_may_do(request.user),
    }
    template = "_table" if request.htmx and not request.htmx.boosted else "list"
    return render(request, f"enrollment/devices/{template}.html", values)


def _may_do(person: Person) -> dict[str, bool]:
    """Which commands a person is offered for devices."""
    needed = {
        "may_assign": Permission.ASSIGN_PROFILE,
        "may_delete": Permission.DELETE_DEVICE,
        "may_release": Permission.RELEASE_DEVICE,
        "may_lock": Permission.LOCK_DEVICE,
    }
    allowed = {name: may(person, permission) for name, permission in needed.items()}
    return {**allowed, "may_choose": any(allowed.values())}


def search(request: HttpRequest) -> HttpResponse:
    """The search of every page: a whole serial number leads straight to its device."""
    check(request.user, Permission.READ_DEVICE)
    words = request.GET.get("q", "").strip()
    exact = Device.objects.visible_to(request.user).filter(serial=words.upper())[:2]
    if words and len(exact) == 1:
        return redirect("device-detail", exact[0].pk)
    return redirect(f"{reverse('device-list')}?{request.GET.urlencode()}")


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    devices = (
        Device.objects.visible_to(request.user)
        .with_state()
        .with_needs_wipe()
        .select_related("token", "profile__current", "wished_by")
    )
    device = get_object_or_404(devices, pk=pk)
    check(request.user, Permission.READ_DEVICE)
    at_apple = _revision(device, device.apple_profile_uuid)
    given = _revision(device, device.given_uuid, until=device.given_at)
    foreign = ForeignProfile.objects.filter(token=device.token, apple_uuid=device.apple_profile_uuid).first()
    entries = AuditEntry.objects.none()
    if may(request.user, Permission.READ_AUDIT):
        about = Q(object_type="device", object_id=device.pk)
        entries = AuditEntry.objects.visible_to(request.user).filter(about)[:ENTRIES_SHOWN]
    values = {
        "section": "device-list",
        "device": device,
        "at_apple": at_apple,
        "given": given,
        "name": device_name(device.profile.device_name_template, device) if device.profile else "",
        "foreign": None if at_apple else foreign,
        "elsewhere": Device.objects.visible_to(request.user)
        .filter(serial=device.serial)
        .exclude(pk=pk)
        .select_related("token"),
        "deleted_on": device.released_at + timedelta(days=settings.RELEASED_KEPT_DAYS) if device.released_at else None,
        "entries": entries,
        **_may_do(request.user),
    }
    return render(request, "enrollment/devices/detail.html", values)


def _revision(device: Device, uuid: str, until: datetime | None = None) -> ProfileRevision | None:
    """Our revision that has this uuid at Apple; of several, the last that was there by then."""
    if not uuid:
        return None
    ours = ProfileRevision.objects.filter(profile__token=device.token, apple_uuid=uuid).select_related("profile")
    return (ours.filter(created_at__lte=until).first() if until else None) or ours.first()


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.DELETE_DEVICE)
    if request.POST.get("serial", "").strip().upper() != device.serial:
        messages.error(request, _("Type the serial number to confirm."))
        return redirect("device-detail", pk)
    delete_devices(Device.objects.filter(pk=pk), by=request.user)
    messages.success(
        request, _("The device %(serial)s is deleted here. It was not erased.") % {"serial": device.serial}
    )
    return redirect("device-list")
