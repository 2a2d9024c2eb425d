from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.channels.delete_channel import delete_channel
from enrollment.actions.channels.make_signing_secret import make_signing_secret
from enrollment.actions.channels.save_channel import ChannelSaid, save_channel
from enrollment.actions.channels.try_channel import try_channel
from enrollment.api.access import refusals_told
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import NewestFirst
from enrollment.api.problem import refusal
from enrollment.api.serializers.channels import (
    ChannelChangedSerializer,
    ChannelMadeSerializer,
    ChannelSaidSerializer,
    ChannelSerializer,
    DeliverySerializer,
    SecretSerializer,
)
from enrollment.api.viewset import Viewset
from enrollment.messengers.errors import NotDelivered
from enrollment.models import Channel, Delivery, Permission
from enrollment.permissions import check_everywhere

FIELDS = ("name", "url", "addresses", "scope_tags")
ONCE = {"Cache-Control": "no-store"}
A_WEBHOOK = OpenApiExample(
    "A webhook",
    {"name": "On call", "kind": "webhook", "url": "https://alerts.example.com/pomona", "least_severity": "unhealthy"},
    request_only=True,
)
A_MAILBOX = OpenApiExample(
    "A mailbox, once a day",
    {"name": "Service desk", "kind": "mail", "addresses": ["desk@example.com"], "rhythm": "daily"},
    request_only=True,
)
TURNED_OFF = OpenApiExample("Turned off", {"is_on": False}, request_only=True)


class OfChannels(Viewset):
    """For who manages access and sees everything."""

    needed = Permission.MANAGE_ACCESS

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action is not None:
            check_everywhere(request.user, Permission.MANAGE_ACCESS)


class ChannelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfChannels):
    """Where warnings are sent besides to people; for who manages access and sees everything."""

    queryset = Channel.objects.none()
    serializer_class = ChannelSerializer

    def get_queryset(self) -> QuerySet[Channel]:
        return Channel.objects.visible_to(self.request.user).prefetch_related("scope_tags")

    @extend_schema(operation_id="channels_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All there are, with how it goes with each."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="channels_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them, without its address and its secret."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="channels_create",
        request=ChannelSaidSerializer,
        responses={201: ChannelMadeSerializer},
        parameters=[LOCATION],
        examples=[A_WEBHOOK, A_MAILBOX],
    )
    def create(self, request: Request) -> Response:
        """Add one. What signs a webhook's messages is told in this answer and never again."""
        words = said(ChannelSaidSerializer, request)
        with refusals_told(*FIELDS):
            saved = save_channel(None, ChannelSaid(**words), by=request.user)
        channel = saved.channel
        channel.secret = saved.secret
        answer = ChannelMadeSerializer(channel, context=self.get_serializer_context())
        headers = {**location("api-channel-detail", channel.pk, request), **ONCE}
        return Response(answer.data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="channels_change", request=ChannelChangedSerializer, examples=[TURNED_OFF])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is said of it."""
        channel = self.get_object()
        words = {
            **{name: getattr(channel, name) for name in ("name", "addresses", "least_severity", "rhythm", "language")},
            "is_on": channel.is_on,
            "scope_tags": list(channel.scope_tags.all()),
            **said(ChannelChangedSerializer, request),
        }
        with refusals_told(*FIELDS):
            save_channel(channel, ChannelSaid(**words), by=request.user)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(operation_id="channels_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Nothing is told there any more, and what was told is forgotten."""
        delete_channel(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="channels_test", request=None)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: int) -> Response:
        """Send a test message now: 409 says what went wrong. What waited goes out with it when it arrives."""
        channel = self.get_object()
        try:
            try_channel(channel, by=request.user)
        except NotDelivered as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_channel, channel.pk)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(operation_id="channels_secret", request=None, responses=SecretSerializer)
    @action(detail=True, methods=["post"])
    def secret(self, request: Request, pk: int) -> Response:
        """Make what signs a webhook's messages anew; for a day the one before signs as well."""
        with refusals_told():
            secret = make_signing_secret(self.get_object(), by=request.user)
        return Response(SecretSerializer({"secret": secret}).data, headers=ONCE)


class ChannelDeliveryViewSet(mixins.ListModelMixin, OfChannels):
    """What was told to a channel, or is to be."""

    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Delivery]:
        channel = get_object_or_404(Channel.objects.visible_to(self.request.user), pk=self.kwargs["channel"])
        return Delivery.objects.filter(channel=channel).select_related("alert")

    @extend_schema(operation_id="channels_deliveries")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first."""
        return super().list(request, *args, **kwargs)
