from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.devices.read_bypass_code import read_bypass_code
from enrollment.actions.devices.refresh_device import Refreshed, RefreshRefused, refresh_device
from enrollment.actions.rules.explain_rules import explain_rules
from enrollment.actions.warnings.device_figures import STUCK
from enrollment.apple.errors import AppleError
from enrollment.models import ActivationLock, Device, ForeignProfile, Permission, Person
from enrollment.models.device_timeline import SHOWN, timeline
from enrollment.models.device_words import differences_in_words
from enrollment.models.labelled import labelled
from enrollment.models.name_template import device_name
from enrollment.models.profile import revision_at_apple
from enrollment.models.typed_words import are_typed
from enrollment.permissions import check, may
from enrollment.web.object_warnings import of_device

ALL_SHOWN = 1_000


def may_do(person: Person) -> dict[str, bool]:
    """Which commands a person is offered for devices."""
    needed = {
        "may_assign": Permission.ASSIGN_PROFILE,
        "may_delete": Permission.DELETE_DEVICE,
        "may_release": Permission.RELEASE_DEVICE,
        "may_lock": Permission.LOCK_DEVICE,
    }
    allowed = {name: may(person, permission) for name, permission in needed.items()}
    return {**allowed, "may_choose": any(allowed.values())}


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    devices = (
        Device.objects.visible_to(request.user)
        .with_state()
        .with_needs_wipe()
        .with_lacks_profile()
        .select_related("token", "profile__current", "wished_by")
    )
    device = get_object_or_404(devices, pk=pk)
    check(request.user, Permission.READ_DEVICE)
    at_apple = revision_at_apple(device.token, device.apple_profile_uuid)
    given = revision_at_apple(device.token, device.given_uuid, until=device.given_at)
    foreign = ForeignProfile.objects.filter(token=device.token, apple_uuid=device.apple_profile_uuid).first()
    shows_all = "all" in request.GET
    happenings = timeline(device, ALL_SHOWN if shows_all else SHOWN)
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
        "happenings": happenings,
        "may_be_more": len(happenings) == SHOWN and not shows_all,
        "locks": _locks(request.user, device),
        **of_device(request, device),
        "is_stuck": not device.released_at and device.state_now in STUCK,
        "explanation": explain_rules(device) if may(request.user, Permission.READ_PROFILE) else None,
        **may_do(request.user),
    }
    return render(request, "enrollment/devices/detail.html", values)


def _locks(person: Person, device: Device) -> list[ActivationLock]:
    if not may(person, Permission.LOCK_DEVICE):
        return []
    return list(ActivationLock.objects.visible_to(person).filter(token=device.token_id, serial=device.serial))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.DELETE_DEVICE)
    if not are_typed(device.serial, request.POST.get("serial", "")):
        messages.error(request, _("Type the serial number to confirm."))
        return redirect("device-detail", pk)
    delete_devices(Device.objects.filter(pk=pk), by=request.user)
    messages.success(
        request, _("The device %(serial)s is deleted here. It was not erased.") % {"serial": device.serial}
    )
    return redirect("device-list")


@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Read this one device from Apple now; whoever reads devices may (ROLE-2)."""
    device = get_object_or_404(Device.objects.visible_to(request.user).select_related("token"), pk=pk)
    check(request.user, Permission.READ_DEVICE)
    try:
        refreshed = refresh_device(device, by=request.user)
    except RefreshRefused as refused:
        wait = _("Again at %(when)s.") % {"when": date_format(localtime(refused.until), "TIME_FORMAT")}
        messages.error(request, f"{_(refused.sentence) % refused.details} {wait}")
    except AppleError as error:
        messages.error(request, f"{_(error.sentence) % error.details} {_(error.advice) % error.details}")
    else:
        _tell(request, refreshed)
    return redirect("device-detail", pk)


def _tell(request: HttpRequest, refreshed: Refreshed) -> None:
    if refreshed.is_gone:
        messages.warning(request, _("Apple says that this device is no longer on the server: it is shown as released."))
    elif refreshed.differences:
        changes = (
            labelled(what, f"{before} → {after}") for what, before, after in differences_in_words(refreshed.differences)
        )
        messages.success(request, _("Apple tells something new: %(changes)s") % {"changes": _("; ").join(changes)})
    else:
        messages.success(request, _("Apple tells nothing new."))


@never_cache
@require_POST
def bypass_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code that opens an Activation Lock; that it was read is recorded."""
    lock = get_object_or_404(ActivationLock.objects.visible_to(request.user).select_related("token"), pk=pk)
    check(request.user, Permission.LOCK_DEVICE)
    values = {"section": "device-list", "lock": lock, "code": read_bypass_code(lock, by=request.user)}
    values["device"] = Device.objects.filter(token=lock.token_id, serial=lock.serial).first()
    return render(request, "enrollment/devices/bypass_code.html", values)
