from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.models import AuditEntry, Device, Permission, SyncRun, Token
from enrollment.models.audit_words import told
from enrollment.permissions import may

SHOWN = 8


def home(request: HttpRequest) -> HttpResponse:
    person = request.user
    reads_tokens, reads_devices = (may(person, one) for one in (Permission.READ_TOKEN, Permission.READ_DEVICE))
    tokens = Token.objects.visible_to(person).with_status() if reads_tokens else Token.objects.none()
    runs = SyncRun.objects.visible_to(person).select_related("token") if reads_tokens else SyncRun.objects.none()
    devices = Device.objects.visible_to(person) if reads_devices else Device.objects.none()
    counts = devices.present().counts_by("apple_profile_status")
    entries = AuditEntry.objects.visible_to(person) if may(person, Permission.READ_AUDIT) else AuditEntry.objects.none()
    values = {
        "section": "home",
        "tokens": tokens[:SHOWN],
        "reads_tokens": reads_tokens,
        "reads_devices": reads_devices,
        "device_count": sum(counts.values()),
        "counts": [(status, counts.get(status, 0)) for status in ("pushed", "assigned", "empty", "removed")],
        "runs": runs[:SHOWN],
        "entries": told(entries[:SHOWN], person),
        "may_create": may(person, Permission.CREATE_TOKEN),
    }
    return render(request, "enrollment/home/home.html", values)
