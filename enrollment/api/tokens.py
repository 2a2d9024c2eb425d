from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.devices.request_sync import SyncRefused, request_sync
from enrollment.actions.devices.sync_state import sync_state
from enrollment.actions.profiles.delete_profiles_of_token import delete_profiles_of_token
from enrollment.actions.tokens.delete_token import TokenInUse, delete_token, deletion_conditions
from enrollment.actions.tokens.edit_token import TokenNameTaken, edit_token
from enrollment.api.asked import said
from enrollment.api.filters import parameters_of
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import Refused, refusal, wrong_value
from enrollment.api.serializers.syncs import SyncAskedSerializer, SyncRunSerializer, SyncStateSerializer
from enrollment.api.serializers.tokens import (
    DeletionSerializer,
    HowManySerializer,
    NamedSerializer,
    TokenEditSerializer,
    TokenSerializer,
    WholeTokenSerializer,
)
from enrollment.api.standing import healths
from enrollment.api.viewset import Reading
from enrollment.models import Device, Permission, Token
from enrollment.models.keyset import Order
from enrollment.models.listed_counts import count_children
from enrollment.models.token_filter import TokenFilter

NAME = OpenApiParameter("name", str, required=True, description="The token's name, typed to confirm that it is meant.")
EDITED = OpenApiExample("Another name", {"name": "Lyon"}, request_only=True)
CLEARED = OpenApiExample("Confirmed", {"name": "Lyon"}, request_only=True)


@extend_schema_view(
    list=extend_schema(operation_id="tokens_list", parameters=parameters_of(TokenFilter)),
    retrieve=extend_schema(operation_id="tokens_retrieve", responses=WholeTokenSerializer),
)
class TokenViewSet(Reading):
    """Enrollment program tokens: each is an MDM server of Apple Business or School Manager."""

    queryset = Token.objects.none()
    serializer_class = TokenSerializer
    pagination_class = KeysetPages
    needed = Permission.READ_TOKEN
    needs = {"partial_update": Permission.UPDATE_TOKEN, "destroy": Permission.DELETE_TOKEN}

    def get_queryset(self) -> QuerySet[Token]:
        tokens = Token.objects.visible_to(self.request.user)
        return tokens.with_status().select_related("default_profile").prefetch_related("scope_tags")

    def get_serializer_class(self) -> type[TokenSerializer]:
        return TokenSerializer if self.action == "list" else WholeTokenSerializer

    def filter_queryset(self, queryset: QuerySet[Token]) -> QuerySet[Token]:
        if self.action != "list":
            return queryset
        health_of = partial(healths, self.request)
        self.filters = TokenFilter(self.request.query_params, person=self.request.user, health_of=health_of)
        if not self.filters.is_valid():
            raise ValidationError(self.filters.errors)
        return self.filters.tokens.prefetch_related("scope_tags")

    def order_of(self, _tokens: QuerySet[Token]) -> Order:
        return self.filters.order

    def paginate_queryset(self, queryset: QuerySet[Token]) -> list[Token]:
        tokens = super().paginate_queryset(queryset)
        count_children(tokens)
        return tokens

    def retrieve(self, request: Request, *_path: Any, **_names: Any) -> Response:
        return self.shown(self.get_object())

    def shown(self, token: Token) -> Response:
        count_children([token])
        return Response(self.get_serializer(token).data)

    @extend_schema(
        operation_id="tokens_update", request=TokenEditSerializer, responses=WholeTokenSerializer, examples=[EDITED]
    )
    def partial_update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Give a token another name or other scope tags."""
        token = self.get_object()
        words = said(TokenEditSerializer, request)
        try:
            edit_token(token, by=request.user, **words)
        except TokenNameTaken as error:
            raise wrong_value("name", error) from None
        return self.shown(self.get_object())

    @extend_schema(operation_id="tokens_delete", parameters=[NAME], responses={204: None})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Forget a token, its key and its history. No device is erased.

        The name is a parameter, for many programs and proxies send no body with DELETE. Refused while a device or
        a profile is left: `errors` says which of the three conditions of `deletion/` do not hold.
        """
        token = self.get_object()
        _check_name(token, request.query_params.get("name", ""))
        try:
            delete_token(token, by=request.user)
        except TokenInUse as error:
            left = {held.condition.name.lower(): [_(held.condition)] for held in error.conditions if not held.holds}
            raise Refused(_("Something is left under the token."), errors=left) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="tokens_deletion", responses=DeletionSerializer)
    @action(detail=True, needed=Permission.DELETE_TOKEN)
    def deletion(self, request: Request, pk: str | None = None) -> Response:
        """What is in the way of deleting a token."""
        token = self.get_object()
        released = token.devices.exclude(released_at=None).count()
        found = {"conditions": deletion_conditions(token), "released_count": released}
        return Response(DeletionSerializer(found).data)

    @extend_schema(
        operation_id="tokens_clear_devices", request=NamedSerializer, responses=HowManySerializer, examples=[CLEARED]
    )
    @action(detail=True, methods=["post"], url_path="clear-devices", needed=Permission.DELETE_DEVICE)
    def clear_devices(self, request: Request, pk: str | None = None) -> Response:
        """Delete every device of a token here, for the token is to go.

        They are not erased, and come back with the next full sync while they are still assigned in Apple's portal.
        """
        token = self._confirmed(request)
        count = delete_devices(Device.objects.filter(token=token), by=request.user)
        return Response(HowManySerializer({"count": count}).data)

    @extend_schema(
        operation_id="tokens_clear_profiles", request=NamedSerializer, responses=HowManySerializer, examples=[CLEARED]
    )
    @action(detail=True, methods=["post"], url_path="clear-profiles", needed=Permission.DELETE_PROFILE)
    def clear_profiles(self, request: Request, pk: str | None = None) -> Response:
        """Delete every profile of a token that no device has, and the rules that give them, for the token is to go."""
        token = self._confirmed(request)
        return Response(HowManySerializer({"count": delete_profiles_of_token(token, by=request.user)}).data)

    def _confirmed(self, request: Request) -> Token:
        token: Token = self.get_object()
        words = said(NamedSerializer, request)
        _check_name(token, words["name"])
        return token

    @extend_schema(
        operation_id="tokens_sync",
        request=SyncAskedSerializer,
        responses={202: OpenApiResponse(SyncRunSerializer, "Begun, or open already.")},
        parameters=[LOCATION],
        examples=[OpenApiExample("Everything anew", {"full": True}, request_only=True)],
    )
    @action(detail=True, methods=["post"], needed=Permission.SYNC_DEVICE)
    def sync(self, request: Request, pk: str | None = None) -> Response:
        """Start a sync by hand; asked while one is open, the open one is the answer.

        At most once in 15 minutes, a full one once in 7 days: too early is 409, and `tokens/{id}/sync-state/` says
        until when. Poll the run at its Location.
        """
        token = self.get_object()
        words = said(SyncAskedSerializer, request)
        try:
            run = request_sync(token, by=request.user, **words)
        except SyncRefused as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_sync, run.pk)
        headers = location("api-sync-detail", run.pk, request)
        return Response(SyncRunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers=headers)

    @extend_schema(operation_id="tokens_sync_state", responses=SyncStateSerializer)
    @action(detail=True, url_path="sync-state")
    def sync_state(self, request: Request, pk: str | None = None) -> Response:
        """How a token's sync stands: the open or last run, how far it is, and when the next one may run."""
        return Response(SyncStateSerializer(sync_state(self.get_object())).data)


def _check_name(token: Token, typed: str) -> None:
    if not token.is_called(typed):
        raise ValidationError({"name": [_("Type the name of the token to confirm.")]})
