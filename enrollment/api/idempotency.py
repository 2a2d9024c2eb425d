"""`Idempotency-Key`: a POST sent again, because its answer was lost, does nothing again and gets the same answer.

After draft-ietf-httpapi-idempotency-key-header: another request under the same key is 422, the same one while the
first is under way is 409. Only what was done is kept: a refusal may be tried again under its key.
"""

import hashlib
import json
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits
from enrollment.models import IdempotentAnswer

HEADER = "Idempotency-Key"
LONGEST = 250
UNDER_WAY_FOR = timedelta(minutes=5)  # then its worker has died: no request takes that long


class AnsweredBefore(Exception):
    """The request was sent before; `response` is what it was answered."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class UnderWay(APIException):
    status_code = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(_("The same request is under way. Ask again in a moment."))


class OtherRequest(APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for another request. Choose a new one."))


def claim(request: Request) -> IdempotentAnswer | None:
    """The row that will hold the answer; None without such a key. AnsweredBefore, UnderWay, OtherRequest."""
    said = request.headers.get(HEADER, "")
    if request.method != "POST" or not said:
        return None
    if len(said) > LONGEST or not said.isprintable():
        raise ValidationError({HEADER: [_("At most %(most)d printable characters.") % {"most": LONGEST}]})
    _forget_the_old(request, said)
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(person=request.user, said=said, request_mark=_mark(request))
    except IntegrityError:
        return _known(request, said)


def _forget_the_old(request: Request, said: str) -> None:
    now = timezone.now()
    mine = IdempotentAnswer.objects.filter(person=request.user, said=said)
    mine.filter(made_at__lte=now - limits.ANSWERS_KEPT_FOR).delete()
    mine.filter(status=None, made_at__lte=now - UNDER_WAY_FOR).delete()


def _known(request: Request, said: str) -> None:
    known = IdempotentAnswer.objects.filter(person=request.user, said=said).first()
    if known is None or (known.request_mark == _mark(request) and known.status is None):
        raise UnderWay
    if known.request_mark != _mark(request):
        raise OtherRequest
    kept = known.answer()
    response = Response(kept["body"], status=known.status, headers=kept["headers"])
    response["Idempotency-Replayed"] = "true"
    raise AnsweredBefore(response)


def _mark(request: Request) -> str:
    key = request.user.key.pk if request.user.key else ""
    # Each sending of a form draws its own line between the parts.
    line = request._request.content_params.get("boundary", "").encode()
    body = request._request.body.replace(line, b"") if line else request._request.body
    head = f"{key} {request.method} {request.get_full_path()} {request._request.content_type}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def keep_once_rendered(row: IdempotentAnswer, response: HttpResponseBase) -> None:
    """The answer as it leaves; what is streamed is no answer to a POST that did something."""
    if isinstance(response, Response):
        response.add_post_render_callback(partial(_keep, row))
    else:
        row.delete()


def _keep(row: IdempotentAnswer, response: Response) -> None:
    """Remember what was done; what was refused or went wrong leaves the key free."""
    if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        row.delete()
        return
    headers = {name: response[name] for name in ("Location", "ETag") if name in response}
    body = json.loads(response.content) if response.content else None
    row.keep(response.status_code, {"body": body, "headers": headers})
