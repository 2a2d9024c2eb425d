from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits
from enrollment.actions.serials.assign_serials import assign_serials
from enrollment.actions.serials.delete_serial_list import delete_serial_list
from enrollment.actions.serials.export_serials import export_serials
from enrollment.actions.serials.read_serials import read_serials
from enrollment.api.asked import asked, said
from enrollment.api.csv import CSV, Csv, streamed
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import NewestFirst
from enrollment.api.problem import wrong_value
from enrollment.api.serializers.operations import OperationDetailSerializer
from enrollment.api.serializers.serial_lists import (
    AssignListSerializer,
    ListSaidSerializer,
    ListUploadedSerializer,
    RowsAnsweredSerializer,
    SerialListDetailSerializer,
    SerialListSerializer,
    SerialRowSerializer,
)
from enrollment.api.viewset import Viewset
from enrollment.models import Permission, SerialList, SerialRow
from enrollment.models.keyset import Order
from enrollment.models.serial_answers import rows_answered, tell_devices
from enrollment.models.serial_list_file import ListRefused
from enrollment.permissions import check

A_LIST = OpenApiExample(
    "Two numbers",
    value={"name": "Delivery 17", "rows": [{"serial": "C02ABC123456", "profile": "Classroom"}, {"serial": "DMP123"}]},
    request_only=True,
)

ASSIGNED = OpenApiExample("A profile", value={"profile": 1}, request_only=True)


class SerialListViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """Lists of serial numbers: your own, each row answered."""

    queryset = SerialList.objects.none()
    serializer_class = SerialListDetailSerializer
    pagination_class = NewestFirst
    needed = Permission.READ_DEVICE

    def get_queryset(self) -> QuerySet[SerialList]:
        return SerialList.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> Any:
        return SerialListSerializer if self.action == "list" else super().get_serializer_class()

    @extend_schema(operation_id="serial_lists_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your own, the newest first; they are kept for 30 days."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="serial_lists_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How its rows were answered, and where its devices are now."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="serial_lists_create",
        request=ListSaidSerializer,
        responses={201: SerialListDetailSerializer},
        parameters=[LOCATION],
        examples=[A_LIST],
    )
    def create(self, request: Request) -> Response:
        """Look up many serial numbers at once; at most 100,000 rows."""
        body = said(ListSaidSerializer, request)
        field = "rows" if "rows" in body else "text"
        return self._read(body[field], body.get("name") or _("Pasted list"), field)

    @extend_schema(
        operation_id="serial_lists_upload",
        request={"multipart/form-data": ListUploadedSerializer},
        responses={201: SerialListDetailSerializer},
        parameters=[LOCATION],
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def upload(self, request: Request) -> Response:
        """The same from a file."""
        body = said(ListUploadedSerializer, request)
        file = body["file"]
        # No more than can be read, and a byte that tells there was more.
        return self._read(file.read(limits.SERIAL_LIST_BYTES + 1), body.get("name") or file.name, "file")

    create.takes_up_to = upload.takes_up_to = limits.SERIAL_LIST_BYTES  # type: ignore[attr-defined]

    def _read(self, content: Any, name: str, field: str) -> Response:
        try:
            serials = read_serials(content, name=name, by=self.request.user)
        except ListRefused as refused:
            raise wrong_value(field, refused) from None
        headers = location("api-serial-list-detail", serials.pk, self.request)
        return Response(self.get_serializer(serials).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        operation_id="serial_lists_rows",
        parameters=[RowsAnsweredSerializer],
        responses=SerialRowSerializer(many=True),
    )
    @action(detail=True, pagination_class=KeysetPages, serializer_class=SerialRowSerializer)
    def rows(self, request: Request, pk: int) -> Response:
        """Row by row, with the devices as they are now."""
        asked_for = asked(RowsAnsweredSerializer, request)
        verdict, token = asked_for.get("verdict", ""), str(asked_for.get("token", ""))
        rows = self.paginate_queryset(rows_answered(self.get_object(), request.user, verdict=verdict, token=token))
        tell_devices(rows, request.user)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def order_of(self, rows: QuerySet[SerialRow]) -> Order:
        return Order("pk")

    @extend_schema(
        operation_id="serial_lists_assign",
        request=AssignListSerializer,
        responses={201: OperationDetailSerializer},
        parameters=[LOCATION],
        examples=[ASSIGNED],
    )
    @action(detail=True, methods=["post"], needed=Permission.ASSIGN_PROFILE)
    def assign(self, request: Request, pk: int) -> Response:
        """Preview an assignment of its devices: an operation, done when it is confirmed."""
        check(request.user, Permission.READ_DEVICE)
        serials = self.get_object()
        operation = assign_serials(serials, said(AssignListSerializer, request)["profile"], by=request.user)
        headers = location("api-operation-detail", operation.pk, request)
        return Response(OperationDetailSerializer(operation).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="serial_lists_export", responses=CSV)
    @action(detail=True, pagination_class=None, renderer_classes=[Csv])
    def export(self, request: Request, pk: int) -> StreamingHttpResponse:
        """Its rows with what is known now, as a file for spreadsheets; that it was made is recorded."""
        serials = self.get_object()
        return streamed(export_serials(serials, by=request.user), serials.file_name)

    @extend_schema(operation_id="serial_lists_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget it. What was assigned from it stays."""
        delete_serial_list(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
