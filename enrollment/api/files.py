"""Answers that are files of one kind, such as a certificate."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.renderers import JSONRenderer

PEM_TYPE, YAML_TYPE = "application/x-pem-file", "application/yaml"
PEM = {(200, PEM_TYPE): OpenApiResponse(OpenApiTypes.STR, "The certificate, for the portal.")}


class Pem(JSONRenderer):
    """Agrees to who asks for a certificate; only refusals are rendered by it, and they are problem documents."""

    media_type = PEM_TYPE
    format = "pem"


class Yaml(JSONRenderer):
    """Likewise, to who asks for YAML."""

    media_type = YAML_TYPE
    format = "yaml"


def as_file(text: str, media_type: str, name: str) -> HttpResponse:
    """A file of this name, which nobody on the way keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type=media_type, headers=headers)
