from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.models import AuditEntry, Device, Permission, SyncRun, Token
from enrollment.models.audit_words import told
from enrollment.permissions import may

SHOWN = 8


def home(request: HttpRequest) -> HttpResponse:
    person = request.user
    counts = Device.objects.visible_to(person).present().counts_by("apple_profile_status")
    entries = AuditEntry.objects.visible_to(person) if may(person, Permission.READ_AUDIT) else AuditEntry.objects.none()
    values = {
        "section": "home",
        "tokens": Token.objects.visible_to(person).with_status()[:SHOWN],
        "device_count": sum(counts.values()),
        "counts": [(status, counts.get(status, 0)) for status in ("pushed", "assigned", "empty", "removed")],
        "runs": SyncRun.objects.visible_to(person).select_related("token")[:SHOWN],
        "entries": told(entries[:SHOWN], person),
        "may_create": may(person, Permission.CREATE_TOKEN),
    }
    return render(request, "enrollment/home/home.html", values)
