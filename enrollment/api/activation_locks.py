from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.devices.read_bypass_code import read_bypass_code
from enrollment.api.asked import asked
from enrollment.api.pages import NewestFirst
from enrollment.api.viewset import Viewset
from enrollment.models import ActivationLock, Permission
from enrollment.models.serial_number import normalised


class ActivationLockSerializer(serializers.ModelSerializer):
    """A lock Apple was asked for; its code is read by itself."""

    class Meta:
        model = ActivationLock
        fields = ["id", "token", "serial", "asked_at", "asked_by", "locked_at"]
        read_only_fields = fields


class LocksAskedSerializer(serializers.Serializer):
    """Whose locks."""

    serial = serializers.CharField(max_length=64, required=False, help_text="Of this device.")


class BypassCodeSerializer(serializers.Serializer):
    """The code that opens a lock, as it is typed on the device."""

    code = serializers.CharField()


class ActivationLockViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """Activation Locks that were turned on from here."""

    queryset = ActivationLock.objects.none()
    serializer_class = ActivationLockSerializer
    pagination_class = NewestFirst
    needed = Permission.LOCK_DEVICE

    def get_queryset(self) -> QuerySet[ActivationLock]:
        return ActivationLock.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[ActivationLock]) -> QuerySet[ActivationLock]:
        serial = asked(LocksAskedSerializer, self.request).get("serial") if self.action == "list" else None
        return queryset.filter(serial=normalised(serial)) if serial else queryset

    @extend_schema(operation_id="activation_locks_list", parameters=[LocksAskedSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="activation_locks_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(operation_id="activation_locks_code", request=None, responses=BypassCodeSerializer)
    @action(detail=True, methods=["post"])
    def code(self, request: Request, pk: int) -> Response:
        """Read the code that opens it. Not a GET: that it was read is recorded."""
        code = read_bypass_code(self.get_object(), by=request.user)
        return Response({"code": code}, headers={"Cache-Control": "no-store"})
