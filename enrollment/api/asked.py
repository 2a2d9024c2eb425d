from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


def asked(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the query says, as this serializer understands it; ValidationError at what cannot be."""
    said = kind(data=request.query_params.dict())
    said.is_valid(raise_exception=True)
    return said.validated_data


def said(kind: type[serializers.Serializer], request: Request, **more: Any) -> dict[str, Any]:
    """The same of the body; `more` is what the serializer wants to know besides the request."""
    body = kind(data=request.data, context={"request": request, **more})
    body.is_valid(raise_exception=True)
    return body.validated_data
