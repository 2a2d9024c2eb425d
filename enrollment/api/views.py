from datetime import date

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.devices.request_sync import SyncRefused, request_sync
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.preview_assignment import preview_assignment
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.api.problem import ProblemSerializer, Refused
from enrollment.api.serializers import (
    AssignedSerializer,
    AssignSerializer,
    DeviceSerializer,
    ProfileSerializer,
    SyncRunSerializer,
    TokenSerializer,
)
from enrollment.models import Device, Permission, Profile, SyncRun, Token
from enrollment.models.device_filter import DeviceFilter
from enrollment.permissions import check

PROBLEMS = {status.HTTP_403_FORBIDDEN: ProblemSerializer, status.HTTP_404_NOT_FOUND: ProblemSerializer}
CONFLICT = {**PROBLEMS, status.HTTP_409_CONFLICT: ProblemSerializer}


class Pages(CursorPagination):
    """Pages by cursor; `page_size` up to 1,000."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1_000
    ordering = "id"


class Reading(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Lists and shows what the person may see, with one permission for both."""

    pagination_class = Pages
    needed: Permission

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        check(request.user, self.needed)


@extend_schema_view(list=extend_schema(responses={200: TokenSerializer(many=True), **PROBLEMS}))
class TokenViewSet(Reading):
    """Enrollment program tokens."""

    queryset = Token.objects.none()
    serializer_class = TokenSerializer
    needed = Permission.READ_TOKEN

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.visible_to(self.request.user).with_status()

    @extend_schema(request=None, responses={202: SyncRunSerializer, **CONFLICT})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: str | None = None) -> Response:
        """Start a sync by hand; asked while one is open, the open one is the answer."""
        token = self.get_object()
        check(request.user, Permission.SYNC_DEVICE)
        try:
            run = request_sync(token, by=request.user)
        except SyncRefused as refusal:
            raise Refused(refusal.sentence, refusal.details) from None
        tasks.enqueue(tasks.run_sync, run.pk)
        return Response(SyncRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class SyncRunViewSet(Reading):
    """Syncs, the newest first."""

    queryset = SyncRun.objects.none()
    serializer_class = SyncRunSerializer
    needed = Permission.READ_TOKEN

    def get_queryset(self) -> QuerySet[SyncRun]:
        return SyncRun.objects.visible_to(self.request.user)


class ProfileViewSet(Reading):
    """Profiles with their current settings, and what Apple gets."""

    queryset = Profile.objects.none()
    serializer_class = ProfileSerializer
    needed = Permission.READ_PROFILE

    def get_queryset(self) -> QuerySet[Profile]:
        return Profile.objects.visible_to(self.request.user).select_related("current")

    @extend_schema(request=AssignSerializer, responses={202: AssignedSerializer, 400: ProblemSerializer, **CONFLICT})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Want this profile for devices of its token. Apple is asked by a worker; devices tell how far it has come."""
        profile = self.get_object()
        check(request.user, Permission.ASSIGN_PROFILE)
        said = AssignSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        serials = {serial.strip().upper() for serial in said.validated_data["serials"]}
        devices = Device.objects.visible_to(request.user).filter(token=profile.token, serial__in=serials)
        preview = preview_assignment(devices, profile)
        unknown = sorted(serials - set(devices.values_list("serial", flat=True)))
        try:
            assign_profile(devices, profile, by=request.user)
        except TooManyDevices as error:
            raise Refused(error.sentence, error.details) from None
        tasks.enqueue(tasks.run_reconcile, profile.token_id)
        answer = {
            "gets": preview.gets,
            "has": preview.has,
            "cannot": {str(reason.label): count for reason, count in preview.cannot.items()},
            "unknown": unknown,
        }
        return Response(AssignedSerializer(answer).data, status=status.HTTP_202_ACCEPTED)


_KINDS = {
    django_filters.ModelChoiceFilter: int,
    django_filters.BooleanFilter: bool,
    django_filters.DateFilter: date,
}
_FILTERS = [
    OpenApiParameter(name, next((said for kind, said in _KINDS.items() if isinstance(one, kind)), str))
    for name, one in DeviceFilter.base_filters.items()
]


@extend_schema_view(
    list=extend_schema(
        parameters=_FILTERS, responses={200: DeviceSerializer(many=True), 400: ProblemSerializer, **PROBLEMS}
    )
)
class DeviceViewSet(Reading):
    """Devices, with the filters of the list page."""

    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    needed = Permission.READ_DEVICE

    def get_queryset(self) -> QuerySet[Device]:
        return Device.objects.visible_to(self.request.user).with_state().with_needs_wipe().select_related("profile")

    def filter_queryset(self, queryset: QuerySet[Device]) -> QuerySet[Device]:
        if self.action != "list":
            return queryset
        filters = DeviceFilter(self.request.query_params, person=self.request.user)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters.devices.with_state().with_needs_wipe().select_related("profile")
