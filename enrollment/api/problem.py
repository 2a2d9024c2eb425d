"""One shape for every refusal: `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from enrollment.api.idempotency import AnsweredBefore
from enrollment.apple.errors import AppleError

MEDIA_TYPE = "application/problem+json"


class ProblemSerializer(serializers.Serializer):
    """What a refusal looks like."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="A sentence for people, in the language asked for.")
    advice = serializers.CharField(required=False, help_text="What can be done about it.")
    errors = serializers.DictField(
        required=False, help_text="Of single values: field → sentences, or what they are part of → the same again."
    )


class Refused(exceptions.APIException):
    """A verb said no: its sentence in the reader's language, and of each thing in the way one of its own."""

    status_code = HTTPStatus.CONFLICT

    def __init__(
        self,
        sentence: str,
        details: dict[str, Any] | None = None,
        advice: str = "",
        errors: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(_(sentence) % (details or {}))
        self.advice = _(advice) % (details or {}) if advice else ""
        self.errors = errors or {}


def refusal(error: Any) -> Refused:
    """Of a verb's exception that has a sentence, perhaps with details and advice."""
    return Refused(error.sentence, getattr(error, "details", None), getattr(error, "advice", ""))


def wrong_value(field: str, error: Any) -> exceptions.ValidationError:
    """Of a verb's exception that is about one value: its sentence and advice, at the field."""
    details = getattr(error, "details", {})
    sentences = [_(said) % details for said in (error.sentence, getattr(error, "advice", "")) if said]
    return exceptions.ValidationError({field: [" ".join(sentences)]})


def answer_with_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own answer to the error, in the shape of a problem document; None lets Django answer 500."""
    if isinstance(error, AnsweredBefore):
        return error.response
    if isinstance(error, AppleError):
        set_rollback()
        return problem(
            HTTPStatus.BAD_GATEWAY, _(error.sentence) % error.details, advice=_(error.advice) % error.details
        )
    if isinstance(error, RequestDataTooBig):
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("This is more than can be taken at once."))
    if isinstance(error, SuspiciousOperation):
        return problem(HTTPStatus.BAD_REQUEST, _("This request cannot be read."))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        found = problem(response.status_code, _("Some values cannot be taken."), errors=errors)
    else:
        more = {"advice": getattr(error, "advice", ""), "errors": getattr(error, "errors", None)}
        found = problem(response.status_code, _sentence(error, response), **more)
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in response.headers:
            found[name] = response.headers[name]
    return found


def _sentence(error: Exception, response: Response) -> str:
    if isinstance(error, Http404):
        return _("There is no such thing here.")
    if isinstance(error, exceptions.PermissionDenied) and str(error).startswith("CSRF"):
        return _("A browser must send its CSRF token with this.")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return _("Your role does not allow this.")
    return str(response.data.get("detail", "")) if isinstance(response.data, dict) else ""


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document of this status; `more` are `advice` and `errors`, left out when empty."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    body |= {name: value for name, value in more.items() if value}
    return Response(body, status=status, content_type=MEDIA_TYPE)
