"""What people make of the device list for themselves."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.choose_device_columns import choose_device_columns
from enrollment.actions.access.delete_device_view import delete_device_view
from enrollment.actions.access.save_device_view import ViewRefused, save_device_view
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import refusal
from enrollment.api.serializers.saved_views import DeviceColumnsSerializer, SavedViewSerializer, SaveViewSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Permission, SavedView
from enrollment.models.device_list import columns_of

A_VIEW = OpenApiExample(
    "What failed", value={"name": "Failed", "query": "state=failed&sort=-assigned_at"}, request_only=True
)

COLUMNS = OpenApiExample("Three columns", value={"columns": ["model", "wanted", "state"]}, request_only=True)


class SavedViewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """Saved device lists: your own."""

    queryset = SavedView.objects.none()
    serializer_class = SavedViewSerializer
    needed = Permission.READ_DEVICE

    def get_queryset(self) -> QuerySet[SavedView]:
        return self.request.user.saved_views.all()

    @extend_schema(operation_id="device_views_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your own."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="device_views_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="device_views_save",
        request=SaveViewSerializer,
        responses={201: SavedViewSerializer},
        parameters=[LOCATION],
        examples=[A_VIEW],
    )
    def create(self, request: Request) -> Response:
        """Remember the filters and the order of a device list under a name."""
        body = said(SaveViewSerializer, request)
        try:
            view = save_device_view(request.user, body["name"], body["query"], replaces=body["replaces"])
        except ViewRefused as refused:
            raise refusal(refused) from None
        headers = location("api-device-view-detail", view.pk, request)
        return Response(self.get_serializer(view).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="device_views_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget it."""
        delete_device_view(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeviceColumnsViewSet(Viewset):
    """The columns of your device list."""

    serializer_class = DeviceColumnsSerializer
    pagination_class = None
    needed = Permission.READ_DEVICE

    @extend_schema(operation_id="device_columns_retrieve")
    def show(self, request: Request) -> Response:
        """Those it shows, in their order."""
        return Response(self.get_serializer(self._chosen()).data)

    @extend_schema(operation_id="device_columns_choose", examples=[COLUMNS])
    def choose(self, request: Request) -> Response:
        """Choose them."""
        choose_device_columns(request.user, said(DeviceColumnsSerializer, request)["columns"])
        return Response(self.get_serializer(self._chosen()).data)

    def _chosen(self) -> dict[str, Any]:
        return {"columns": [column.name for column in columns_of(self.request.user.device_columns)]}
