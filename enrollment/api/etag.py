"""Which state of a profile somebody has read, so that nobody overwrites what they have not seen (API-3)."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from enrollment.api.serializers.profiles import ProfileSerializer
from enrollment.models import Profile

ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    description="Of this state of the profile: another one as soon as anything of it is another.",
    response=[200, 201],
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description=(
        "The ETag you have read: 412 when the profile has changed since. It may be left out, as a form may be sent "
        "without looking again: then the last one to write is right."
    ),
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have: 304 when it is the present one."
)
CHANGED_SINCE = {412: OpenApiResponse(description="The profile has changed since the ETag was read.")}


class ChangedSince(APIException):
    """Somebody has changed it meanwhile."""

    status_code = HTTPStatus.PRECONDITION_FAILED

    def __init__(self) -> None:
        super().__init__(_("The profile has changed since you read it. Read it again, and decide anew."))


def etag_of(profile: Profile) -> str:
    """Strong: made of all that is shown."""
    shown: Any = ProfileSerializer(profile).data
    text = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def check_unchanged(request: Request, profile: Profile) -> None:
    """ChangedSince unless the request speaks of this state, or of any. A weak tag matches nothing (RFC 9110)."""
    said = request.headers.get("If-Match")
    if said is not None and said.strip() != "*" and etag_of(profile) not in _tags(said):
        raise ChangedSince


def has_it(request: Request, profile: Profile) -> bool:
    """Whether who asks has this state already."""
    said = request.headers.get("If-None-Match", "")
    return said.strip() == "*" or etag_of(profile) in {tag.removeprefix("W/") for tag in _tags(said)}


def _tags(said: str) -> set[str]:
    return {tag.strip() for tag in said.split(",")}
