from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.actions.diagnosis.diagnose_serial import Diagnosis, diagnose_serial
from enrollment.actions.diagnosis.may_ask_apple import may_ask_apple
from enrollment.models import Device, Permission, Profile, Token, VppToken
from enrollment.permissions import check

LONGEST_TYPED = 100
MARKS = {"ok": _("All right"), "note": _("To note"), "problem": _("Problem"), "unknown": _("Not known")}
PLACES = {
    Token: "token-detail",
    Device: "device-detail",
    Profile: "profile-detail",
    VppToken: "vpp-token-detail",
}


def doctor(request: HttpRequest) -> HttpResponse:
    """Type a serial number, read why the device does not enroll (DEV-8)."""
    check(request.user, Permission.READ_DEVICE)
    typed = request.GET.get("serial", "")[:LONGEST_TYPED]
    values = {"section": "serial-doctor", "typed": typed}
    if typed.strip():
        values |= _shown(diagnose_serial(typed, by=request.user, asks_apple=may_ask_apple(request.user)))
    return render(request, "enrollment/doctor/doctor.html", values)


def _shown(diagnosis: Diagnosis) -> dict[str, object]:
    lines = [
        {"check": one, "finding": found, "mark": MARKS[found.mark], "link": _place(found.about)}
        for one, found in diagnosis.findings
    ]
    first = next((line for line in lines if diagnosis.first and line["check"] is diagnosis.first[0]), None)
    return {"diagnosis": diagnosis, "lines": lines, "first": first, "text": diagnosis.as_text()}


def _place(about: object) -> dict[str, str] | None:
    """Where the next step is done."""
    name = PLACES.get(type(about))
    if name is None:
        return None
    text = gettext("Open the device") if isinstance(about, Device) else str(about)
    return {"to": reverse(name, args=[about.pk]), "text": text}
