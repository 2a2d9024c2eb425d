from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.devices.confirm_operation import ChangedMeanwhile, confirm_operation
from enrollment.actions.devices.discard_operation import discard_operation
from enrollment.actions.devices.export_operation import export_operation
from enrollment.actions.devices.preview_again import preview_again
from enrollment.actions.devices.retry_failed import retry_failed
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.api.asked import asked, said
from enrollment.api.chosen_devices import chosen
from enrollment.api.csv import CSV, Csv, streamed
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import NewestFirst
from enrollment.api.problem import Refused, problem, refusal
from enrollment.api.serializers.operations import (
    ConfirmSerializer,
    OperationDetailSerializer,
    OperationDeviceSerializer,
    OperationSerializer,
    RowsAskedSerializer,
    StartedSerializer,
    StartSerializer,
)
from enrollment.api.viewset import Viewset
from enrollment.models import Operation, OperationDevice, OperationKind, Permission
from enrollment.models.keyset import Order, counted
from enrollment.models.operation import NEEDED
from enrollment.models.operation_progress import devices_of, with_outcome
from enrollment.models.typed_words import are_typed, words_to_type
from enrollment.permissions import check, may

NOTHING_TO_TRY = gettext_noop("There is nothing that could be tried again now.")
IS_CONFIRMED = gettext_noop("It has been confirmed: what was done is kept.")
A_PREVIEW = OpenApiExample(
    "Assign to all iPads of a token",
    value={"kind": "assign", "profile": 2, "filter": {"token": 1, "family": "iPad"}},
    request_only=True,
)


class OperationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """What is done to many devices at once: previewed, confirmed, followed."""

    queryset = Operation.objects.none()
    serializer_class = OperationDetailSerializer
    pagination_class = NewestFirst
    needed = Permission.READ_DEVICE

    def get_queryset(self) -> QuerySet[Operation]:
        operations, person = Operation.objects.all(), self.request.user
        found = operations.visible_to(person) if self.action == "list" else operations.wholly_visible_to(person)
        return found.select_related("by", "confirmed_by", "token")

    def get_serializer_class(self) -> Any:
        return OperationSerializer if self.action == "list" else super().get_serializer_class()

    @extend_schema(operation_id="operations_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Yours, and those about a token you see; the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="operations_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What would happen, or how far it has come."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="operations_preview",
        request=StartSerializer,
        responses={201: StartedSerializer},
        parameters=[LOCATION],
        examples=[A_PREVIEW],
    )
    def create(self, request: Request) -> Response:
        """Say which devices and what for; see what would happen. Nothing is done before it is confirmed."""
        self._may_start(request.data)
        body = said(StartSerializer, request)
        kind = OperationKind(body["kind"])
        devices, unknown = chosen(body, request.user)
        operation = start_operation(kind, [Choice(devices, body.get("profile"))], by=request.user)
        answer = StartedSerializer(operation, context={"unknown": unknown}).data
        headers = location("api-operation-detail", operation.pk, request)
        return Response(answer, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        operation_id="operations_devices",
        parameters=[RowsAskedSerializer],
        responses=OperationDeviceSerializer(many=True),
    )
    @action(detail=True, pagination_class=KeysetPages, serializer_class=OperationDeviceSerializer)
    def devices(self, request: Request, pk: int) -> Response:
        """Device by device; without a filter those that it is done to."""
        operation = self.get_object()
        rows = self.paginate_queryset(with_outcome(operation, asked(RowsAskedSerializer, request).get("outcome", "")))
        self.told = {"operation": operation, "devices": devices_of(rows)}
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(
        operation_id="operations_confirm",
        request=ConfirmSerializer,
        responses={202: OperationDetailSerializer},
        parameters=[LOCATION],
        examples=[OpenApiExample("A release of 12 devices", value={"typed": "12"}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """Do what was previewed.

        When devices have changed since, nothing is done: the refusal tells how many, and a new preview that takes the
        place of this one is at its `Location`.
        """
        operation = self._changed()
        body = said(ConfirmSerializer, request)
        words = words_to_type(operation)
        if operation.is_previewed and words and not are_typed(words, body["typed"]):
            raise ValidationError({"typed": [_("Type %(words)s to confirm.") % {"words": words}]})
        try:
            confirm_operation(operation, by=request.user, lost_message=body["lost_message"])
        except ChangedMeanwhile as changed:
            return self._previewed_again(operation, changed.count)
        except TooManyDevices as error:
            raise refusal(error) from None
        tasks.hand_out(operation)
        return self._begun(operation)

    @extend_schema(
        operation_id="operations_retry",
        request=None,
        responses={202: OperationDetailSerializer},
        parameters=[LOCATION],
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        """Try again only what failed."""
        operation = self._changed()
        if not retry_failed(operation, by=request.user):
            raise Refused(NOTHING_TO_TRY)
        tasks.hand_out(operation)
        operation.refresh_from_db()
        return self._begun(operation)

    @extend_schema(operation_id="operations_discard", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a preview that nobody confirmed."""
        if not discard_operation(self._changed(), by=request.user):
            raise Refused(IS_CONFIRMED)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="operations_export", responses=CSV)
    @action(detail=True, pagination_class=None, renderer_classes=[Csv])
    def export(self, request: Request, pk: int) -> StreamingHttpResponse:
        """Device by device, as a file for spreadsheets; that it was made is recorded."""
        operation = self.get_object()
        return streamed(export_operation(operation, by=request.user), f"operation-{operation.pk}.csv")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **getattr(self, "told", {})}

    def order_of(self, rows: QuerySet[OperationDevice]) -> Order:
        return Order("serial", count=counted(rows))

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if request.method != "GET" and not any(may(request.user, needed) for needed in NEEDED.values()):
            raise PermissionDenied

    def _may_start(self, data: Any) -> None:
        """What is to be done says who may; whatever else is wrong with the body."""
        kind = data.get("kind") if isinstance(data, Mapping) else None
        if isinstance(kind, str) and kind in OperationKind.values:
            check(self.request.user, NEEDED[OperationKind(kind)])

    def _changed(self) -> Operation:
        operation: Operation = self.get_object()
        check(self.request.user, operation.needed)
        return operation

    def _begun(self, operation: Operation) -> Response:
        answer = self.get_serializer(operation).data
        headers = location("api-operation-detail", operation.pk, self.request)
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers=headers)

    def _previewed_again(self, operation: Operation, changed: int) -> Response:
        newer = preview_again(operation, by=self.request.user)
        text = ngettext(
            "%(count)d device has changed since you looked. Nothing was done: this is what would happen now.",
            "%(count)d devices have changed since you looked. Nothing was done: this is what would happen now.",
            changed,
        )
        answer = problem(HTTPStatus.CONFLICT, text % {"count": changed})
        answer["Location"] = location("api-operation-detail", newer.pk, self.request)["Location"]
        return answer
