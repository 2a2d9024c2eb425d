from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.preview_assignment import preview_assignment
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.api.problem import refusal
from enrollment.api.serializers.profiles import AssignedSerializer, AssignSerializer, ProfileSerializer
from enrollment.api.viewset import Reading
from enrollment.models import Device, Permission, Profile


class ProfileViewSet(Reading):
    """Profiles with their current settings, and what Apple gets."""

    queryset = Profile.objects.none()
    serializer_class = ProfileSerializer
    needed = Permission.READ_PROFILE

    def get_queryset(self) -> QuerySet[Profile]:
        return Profile.objects.visible_to(self.request.user).select_related("current")

    @extend_schema(request=AssignSerializer, responses={202: AssignedSerializer})
    @action(detail=True, methods=["post"], needed=Permission.ASSIGN_PROFILE)
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Want this profile for devices of its token. Apple is asked by a worker; devices tell how far it has come."""
        profile = self.get_object()
        said = AssignSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        serials = {serial.strip().upper() for serial in said.validated_data["serials"]}
        devices = Device.objects.visible_to(request.user).filter(token=profile.token, serial__in=serials)
        preview = preview_assignment(devices, profile)
        unknown = sorted(serials - set(devices.values_list("serial", flat=True)))
        try:
            assign_profile(devices, profile, by=request.user)
        except TooManyDevices as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_reconcile, profile.token_id)
        answer = {
            "gets": preview.gets,
            "has": preview.has,
            "cannot": {str(reason.label): count for reason, count in preview.cannot.items()},
            "unknown": unknown,
        }
        return Response(AssignedSerializer(answer).data, status=status.HTTP_202_ACCEPTED)
