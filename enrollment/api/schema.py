"""What every operation has in common, said once in the schema: refusals, the rate, fields, the key of a request."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from enrollment.api.idempotency import HEADER, LONGEST
from enrollment.api.problem import MEDIA_TYPE, ProblemSerializer

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WORDS = {
    HTTPStatus.BAD_REQUEST: "Something sent cannot be taken; `errors` says what.",
    HTTPStatus.UNAUTHORIZED: "No key, or one that is unknown, has expired or was revoked.",
    HTTPStatus.FORBIDDEN: "The role does not allow it.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or not in your scope.",
    HTTPStatus.NOT_ACCEPTABLE: "Answers are JSON.",
    HTTPStatus.CONFLICT: "It cannot be done as things are; `detail` says why.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More than can be taken at once.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is of another kind than this operation reads.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The Idempotency-Key was used for another request.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; Retry-After says when.",
}
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_OF_CHANGES = (HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_RATE = {
    "RateLimit-Policy": {"description": "How many requests (q) in how many seconds (w).", "schema": {"type": "string"}},
    "RateLimit": {"description": "How many are left (r), and when one more is (t).", "schema": {"type": "string"}},
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "description": "Your name for this request: sent again within a day, it is answered the same.",
    "schema": {"type": "string", "maxLength": LONGEST},
}


class Operation(AutoSchema):
    """An operation whose schema knows what a problem document is, whether it names one or not."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            self.resolve_serializer(ProblemSerializer, "response")
        return operation


class ChoiceThatMayBeEmpty(OpenApiSerializerFieldExtension):
    """What is only read has the choices of its column, and the empty one where the column may be empty."""

    target_class = serializers.ChoiceField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        model = getattr(getattr(self.target.parent, "Meta", None), "model", None)
        if self.target.read_only and model:
            with suppress(FieldDoesNotExist):
                self.target.allow_blank = model._meta.get_field(self.target.source).blank
        return auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)


def say_what_all_have(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    for operations in result["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
            if method == "get" and (names := _names(operation["responses"], result["components"]["schemas"])):
                operation.setdefault("parameters", []).append(_fields(names))
    return result


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        response["headers"] = {**_RATE, **response.get("headers", {})}
        if int(status) >= HTTPStatus.BAD_REQUEST:
            response["content"] = _PROBLEM
    statuses = list(_ALWAYS)
    if method != "get":
        statuses += _OF_CHANGES
    if method == "post":
        statuses.append(HTTPStatus.UNPROCESSABLE_ENTITY)
        operation.setdefault("parameters", []).append(_KEY)
    for status in statuses:
        responses.setdefault(str(int(status)), {"description": _WORDS[status], "content": _PROBLEM})
    operation["responses"] = dict(sorted(responses.items()))


def _names(responses: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """The fields of the object that is answered, or of each in a page of them."""

    def of(schema: dict[str, Any]) -> dict[str, Any]:
        return known.get(schema.get("$ref", "").rpartition("/")[2], schema).get("properties", {})

    answer = responses.get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    fields = of(answer)
    return list(of(fields["results"]["items"]) if {"results", "next"} <= set(fields) else fields)


def _fields(names: list[str]) -> dict[str, Any]:
    return {
        "name": "fields",
        "in": "query",
        "description": "Only these fields of the answer, with commas between them.",
        "schema": {"type": "array", "items": {"type": "string", "enum": names}},
        "style": "form",
        "explode": False,
    }
