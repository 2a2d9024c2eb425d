"""One shape for every refusal: `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from enrollment.apple.errors import AppleError


class ProblemSerializer(serializers.Serializer):
    """What a refusal looks like."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    advice = serializers.CharField(required=False)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class Refused(exceptions.APIException):
    """A verb said no: its sentence in the reader's language."""

    status_code = HTTPStatus.CONFLICT

    def __init__(self, sentence: str, details: dict[str, Any] | None = None, advice: str = "") -> None:
        super().__init__(_(sentence) % (details or {}))
        self.advice = _(advice) % (details or {}) if advice else ""


def answer_with_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own answer to the error, in the shape of a problem document; None lets Django answer 500."""
    if isinstance(error, AppleError):
        set_rollback()
        return _problem(
            HTTPStatus.BAD_GATEWAY, _(error.sentence) % error.details, advice=_(error.advice) % error.details
        )
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        problem = _problem(response.status_code, _("Some values cannot be taken."), errors=errors)
    else:
        problem = _problem(response.status_code, _sentence(error, response), advice=getattr(error, "advice", ""))
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in response.headers:
            problem[name] = response.headers[name]
    return problem


def _sentence(error: Exception, response: Response) -> str:
    if isinstance(error, Http404):
        return _("There is no such thing here.")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return _("Your role does not allow this.")
    return str(response.data.get("detail", "")) if isinstance(response.data, dict) else ""


def _problem(status: int, detail: str, **more: Any) -> Response:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    body |= {name: value for name, value in more.items() if value}
    return Response(body, status=status, content_type="application/problem+json")
