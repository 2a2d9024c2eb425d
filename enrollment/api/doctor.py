from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from enrollment.actions.diagnosis.diagnose_serial import Diagnosis, diagnose_serial
from enrollment.actions.diagnosis.finding import Check, Finding
from enrollment.actions.diagnosis.may_ask_apple import may_ask_apple
from enrollment.api.asked import asked
from enrollment.api.serializers.doctor import DiagnosisSerializer, DoctorAskedSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Device, Permission, Profile, Token, VppToken

PLACES = {Token: "token", Device: "device", Profile: "profile", VppToken: "vpp_token"}


class DoctorViewSet(Viewset):
    """The serial doctor: why does this device not enroll?"""

    serializer_class = DiagnosisSerializer
    pagination_class = None
    needed = Permission.READ_DEVICE

    @extend_schema(operation_id="doctor", parameters=[DoctorAskedSerializer])
    def diagnose(self, request: Request) -> Response:
        """Look for what keeps a device from enrolling; Apple is asked about it live, for less than a second."""
        serial = asked(DoctorAskedSerializer, request)["serial"]
        asks_apple = may_ask_apple(request.user)
        diagnosis = diagnose_serial(serial, by=request.user, asks_apple=asks_apple)
        return Response(self.get_serializer(_told(diagnosis, request) | {"asked_apple": asks_apple}).data)


def _told(diagnosis: Diagnosis, request: Request) -> dict[str, Any]:
    return {
        "serial": diagnosis.serial,
        "at": diagnosis.at,
        "device": diagnosis.device.pk if diagnosis.device else None,
        "is_well": diagnosis.is_well,
        "answer": diagnosis.answer,
        "first": diagnosis.first[0].id if diagnosis.first else None,
        "findings": [_finding(check, found, request) for check, found in diagnosis.findings],
        "text": diagnosis.as_text(),
    }


def _finding(check: Check, found: Finding, request: Request) -> dict[str, Any]:
    return {
        "id": check.id,
        "question": str(check.question),
        "verdict": found.mark.value,
        "evidence": found.evidence,
        "next_step": found.next_step,
        "about": _about(found.about, request),
    }


def _about(about: Any, request: Request) -> dict[str, Any] | None:
    kind = PLACES.get(type(about))
    if kind is None:
        return None
    url = reverse(f"api-{kind.replace('_', '-')}-detail", args=[about.pk], request=request)
    return {"type": kind, "id": about.pk, "name": str(about), "url": url}
