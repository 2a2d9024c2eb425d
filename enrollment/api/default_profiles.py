from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.profiles.give_default_profile import give_default_profile
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.api.asked import said
from enrollment.api.problem import refusal
from enrollment.api.serializers.tokens import DefaultProfileSerializer, HowManySerializer, SetDefaultSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Permission, Token


@extend_schema(tags=["tokens"])
class DefaultProfileViewSet(Viewset):
    """What devices of a token get when they appear."""

    queryset = Token.objects.none()
    serializer_class = DefaultProfileSerializer
    needed = Permission.ASSIGN_PROFILE
    needs = {"default_profile": Permission.READ_TOKEN}

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.visible_to(self.request.user).select_related("default_profile")

    @extend_schema(operation_id="tokens_default_profile", responses=DefaultProfileSerializer)
    @action(detail=True, url_path="default-profile")
    def default_profile(self, request: Request, pk: str | None = None) -> Response:
        """The default profile of a token, and how many devices `give/` would give it to."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="tokens_set_default_profile",
        request=SetDefaultSerializer,
        responses=DefaultProfileSerializer,
        examples=[
            OpenApiExample("A profile of the token", {"profile": 2}, request_only=True),
            OpenApiExample("None any more", {"profile": None}, request_only=True),
        ],
    )
    @default_profile.mapping.put
    def set_default(self, request: Request, pk: str | None = None) -> Response:
        """From now on devices that appear get this profile; with null, none by themselves."""
        token = self.get_object()
        words = said(SetDefaultSerializer, request)
        profile = words["profile"]
        if profile and profile.token_id != token.pk:
            raise ValidationError({"profile": [_("This profile belongs to another token.")]})
        set_default_profile(token, profile, by=request.user)
        return Response(self.get_serializer(token).data)

    @extend_schema(operation_id="tokens_give_default_profile", request=None, responses={202: HowManySerializer})
    @action(detail=True, methods=["post"], url_path="default-profile/give")
    def give(self, request: Request, pk: str | None = None) -> Response:
        """Give the default profile also to the devices without one that were there before it was set.

        Apple is asked by a worker: `devices/?token=…&state=waiting` tells how far that has come.
        """
        token = self.get_object()
        try:
            count = give_default_profile(token, by=request.user)
        except TooManyDevices as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_reconcile, token.pk)
        return Response(HowManySerializer({"count": count}).data, status=status.HTTP_202_ACCEPTED)
