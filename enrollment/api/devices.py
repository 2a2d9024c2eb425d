from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.devices.export_devices import export_devices
from enrollment.actions.devices.refresh_device import RefreshRefused, refresh_device
from enrollment.actions.rules.explain_rules import explain_rules
from enrollment.api.asked import asked
from enrollment.api.csv import CSV, Csv, streamed
from enrollment.api.device_filter import DevicesAsked, filtered
from enrollment.api.filters import parameters_of
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.problem import ProblemSerializer
from enrollment.api.serializers.devices import (
    GROUPED_BY,
    CountAskedSerializer,
    CountSerializer,
    DeleteAskedSerializer,
    DeviceSerializer,
    ExplanationSerializer,
    ListAskedSerializer,
    ModelsSerializer,
    RefreshedSerializer,
    TimelineAskedSerializer,
    TimelineSerializer,
)
from enrollment.api.viewset import Viewset
from enrollment.models import Device, Permission
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_list import Sort, sort_of
from enrollment.models.device_timeline import timeline_before
from enrollment.models.device_words import differences_in_words
from enrollment.models.keyset import Order, counted
from enrollment.models.known_models import known_models
from enrollment.models.profile_at_apple import profiles_at_apple
from enrollment.models.typed_words import are_typed
from enrollment.permissions import check

FILTERS = parameters_of(DevicesAsked)


class DeviceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """Devices, with the filters of the list page."""

    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    pagination_class = KeysetPages
    needed = Permission.READ_DEVICE
    needs = {"destroy": Permission.DELETE_DEVICE}

    def get_queryset(self) -> QuerySet[Device]:
        return Device.objects.visible_to(self.request.user).with_state().with_needs_wipe().select_related("profile")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at_apple": getattr(self, "at_apple", {})}

    @extend_schema(operation_id="devices_list", parameters=[*FILTERS, ListAskedSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The devices the filters match, sorted as is asked for."""
        # Keys first: sorting many devices carries no more than it needs.
        keys = self.paginate_queryset(self._filtered().only(self._sort().column))
        return self.get_paginated_response(self.get_serializer(self._dressed(keys), many=True).data)

    @extend_schema(operation_id="devices_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One device."""
        return Response(self.get_serializer(self._device()).data)

    @extend_schema(operation_id="devices_count", parameters=[*FILTERS, CountAskedSerializer], filters=False)
    @action(detail=False, pagination_class=None, serializer_class=CountSerializer)
    def count(self, request: Request) -> Response:
        """How many devices the filters match, divided by what is asked for."""
        by = asked(CountAskedSerializer, request)["by"]
        devices = self._filtered()
        counts = (devices.with_state() if by == "state" else devices).counts_by(GROUPED_BY[by])
        groups = [{"value": value, "count": count} for value, count in sorted(counts.items(), key=lambda one: -one[1])]
        return Response(self.get_serializer({"count": sum(counts.values()), "by": by, "groups": groups}).data)

    @extend_schema(operation_id="devices_models", filters=False)
    @action(detail=False, pagination_class=None, serializer_class=ModelsSerializer)
    def models(self, request: Request) -> Response:
        """Which models there are, to filter by."""
        return Response(self.get_serializer({"models": known_models(request.user)}).data)

    @extend_schema(operation_id="devices_export", parameters=FILTERS, responses=CSV, filters=False)
    @action(detail=False, pagination_class=None, renderer_classes=[Csv])
    def export(self, request: Request) -> StreamingHttpResponse:
        """What the filters match, as a file for spreadsheets; that it was made is recorded."""
        lines = export_devices(filtered(request.query_params, request.user), by=request.user)
        return streamed(lines, f"devices-{timezone.localdate()}.csv")

    @extend_schema(operation_id="devices_timeline", parameters=[TimelineAskedSerializer])
    @action(detail=True, serializer_class=TimelineSerializer)
    def timeline(self, request: Request, pk: int) -> Response:
        """What happened to the device, the newest first."""
        said = asked(TimelineAskedSerializer, request)
        happenings, goes_on = timeline_before(self.get_object(), said.get("before"), said["page_size"])
        here = request.build_absolute_uri()
        following = replace_query_param(here, "before", goes_on.isoformat()) if goes_on else None
        return Response(self.get_serializer({"next": following, "results": happenings}).data)

    @extend_schema(operation_id="devices_rule")
    @action(detail=True, serializer_class=ExplanationSerializer)
    def rule(self, request: Request, pk: int) -> Response:
        """Which rule of its token wins the device, and why, condition by condition."""
        check(request.user, Permission.READ_PROFILE)
        return Response(self.get_serializer(explain_rules(self.get_object())).data)

    @extend_schema(
        operation_id="devices_refresh",
        request=None,
        responses={200: RefreshedSerializer, 502: OpenApiResponse(ProblemSerializer, "Apple says no, or is away.")},
    )
    @action(detail=True, methods=["post"], serializer_class=RefreshedSerializer)
    def refresh(self, request: Request, pk: int) -> Response:
        """Read this one device from Apple now. Not a sync: so many a minute of one person, and of one token."""
        device = self.get_object()
        try:
            refreshed = refresh_device(device, by=request.user)
        except RefreshRefused as refused:
            wait = (refused.until - timezone.now()).total_seconds()
            raise Throttled(max(1, wait), _(refused.sentence) % refused.details) from None
        names = ("what", "before", "after")
        told = [dict(zip(names, said, strict=True)) for said in differences_in_words(refreshed.differences)]
        answer = {"is_gone": refreshed.is_gone, "differences": told, "device": self._device()}
        return Response(self.get_serializer(answer).data)

    @extend_schema(operation_id="devices_delete", parameters=[DeleteAskedSerializer], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the device here. It is not erased, and comes back with the next full sync while still assigned."""
        device = self.get_object()
        if not are_typed(device.serial, asked(DeleteAskedSerializer, request)["serial"]):
            raise ValidationError({"serial": [_("Type the serial number to confirm.")]})
        delete_devices(Device.objects.filter(pk=device.pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def order_of(self, rows: QuerySet[Device]) -> Order:
        sort = self._sort()
        return Order(sort.column, sort.downwards, counted(self._filtered()), sort.is_indexed)

    def _sort(self) -> Sort:
        return sort_of(asked(ListAskedSerializer, self.request)["sort"])

    def _filtered(self) -> DeviceQuerySet:
        return filtered(self.request.query_params, self.request.user).devices

    def _device(self) -> Device:
        device: Device = self.get_object()
        self.at_apple = profiles_at_apple([device])
        return device

    def _dressed(self, found: Sequence[Device]) -> Sequence[Device]:
        """With all that is told of them, in the same order."""
        by_key = self.get_queryset().in_bulk([one.pk for one in found])
        devices = [by_key[one.pk] for one in found if one.pk in by_key]
        self.at_apple = profiles_at_apple(devices)
        return devices
