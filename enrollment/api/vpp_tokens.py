from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits, tasks
from enrollment.actions.licences.add_vpp_token import VppNameTaken, add_vpp_token
from enrollment.actions.licences.delete_vpp_token import VppTokenInUse, delete_vpp_token, profiles_by_token
from enrollment.actions.licences.edit_vpp_token import edit_vpp_token
from enrollment.actions.licences.renew_vpp_token import renew_vpp_token
from enrollment.actions.licences.request_reading import ReadingRefused, request_reading
from enrollment.actions.licences.verify_vpp_token import verify_vpp_token
from enrollment.api.asked import said
from enrollment.api.filters import matching, parameters_of
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import Pages
from enrollment.api.parser import Json
from enrollment.api.problem import ProblemSerializer, refusal, wrong_value
from enrollment.api.serializers.vpp_tokens import (
    StockSerializer,
    VppTokenAddSerializer,
    VppTokenEditSerializer,
    VppTokenRenewSerializer,
    VppTokenSerializer,
)
from enrollment.api.viewset import Reading
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, VppToken
from enrollment.models.keyset import Order
from enrollment.models.licence_filter import BY_NAME, LicenceFilter
from enrollment.models.licence_stock import company_portal_stock, stocks
from enrollment.models.vpp_token_filter import VppTokenFilter

EDITED = OpenApiExample("Another name", {"name": "Lyon"}, request_only=True)


class ByApp(Pages):
    """In the order of the page: the Company Portal first, then by name.

    All but one have the same place, so a cursor counts how many came before: a location has some thousands at the most.
    """

    ordering = BY_NAME
    offset_cutoff = 100_000


@extend_schema_view(
    list=extend_schema(operation_id="vpp_tokens_list", parameters=parameters_of(VppTokenFilter)),
    retrieve=extend_schema(operation_id="vpp_tokens_retrieve"),
)
class VppTokenViewSet(Reading):
    """Content tokens of Apps and Books, whose licences devices are given."""

    queryset = VppToken.objects.none()
    serializer_class = VppTokenSerializer
    pagination_class = KeysetPages
    parser_classes = [MultiPartParser]
    needed = Permission.READ_TOKEN
    needs = {
        "create": Permission.CREATE_TOKEN,
        "partial_update": Permission.UPDATE_TOKEN,
        "destroy": Permission.DELETE_TOKEN,
    }

    def get_queryset(self) -> QuerySet[VppToken]:
        return VppToken.objects.visible_to(self.request.user).prefetch_related("scope_tags")

    def get_parsers(self) -> list[BaseParser]:
        """A file comes as a form, a change as JSON."""
        return [Json()] if self.request and self.request.method == "PATCH" else super().get_parsers()

    def filter_queryset(self, queryset: QuerySet[VppToken]) -> QuerySet[VppToken]:
        if self.action != "list":
            return queryset
        self.filters = VppTokenFilter(self.request.query_params, person=self.request.user)
        return matching(self.filters).prefetch_related("scope_tags")

    def order_of(self, _tokens: QuerySet[VppToken]) -> Order:
        return self.filters.order

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Any] | None:
        found = super().paginate_queryset(queryset)
        if self.action == "list":
            self._look_up(found or [])
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        looked_up = {"portals": getattr(self, "portals", {}), "profiles": getattr(self, "profiles", {})}
        return {**super().get_serializer_context(), **looked_up}

    def _look_up(self, tokens: Collection[VppToken]) -> None:
        """What is told besides their rows, for all at once."""
        self.portals = company_portal_stock(tokens)
        self.profiles = profiles_by_token(tokens, seen_by=self.request.user)

    def _shown(self, token: VppToken, status_code: int = status.HTTP_200_OK, **headers: str) -> Response:
        token.refresh_from_db()
        self._look_up([token])
        return Response(self.get_serializer(token).data, status=status_code, headers=headers)

    def retrieve(self, request: Request, *_path: Any, **_names: Any) -> Response:
        return self._shown(self.get_object())

    @extend_schema(
        operation_id="vpp_tokens_add",
        request={"multipart/form-data": VppTokenAddSerializer},
        responses={201: VppTokenSerializer},
        parameters=[LOCATION],
    )
    def create(self, request: Request) -> Response:
        """Add a content token. Another kind of file is refused at `file`, with what it is.

        Apple is asked whose it is. Whatever it says, the token is kept: `status` and `trouble` tell. Its licences are
        read next.
        """
        words = said(VppTokenAddSerializer, request)
        data = words.pop("file").read(limits.TOKEN_FILE_BYTES + 1)
        try:
            token = add_vpp_token(data, by=request.user, **words)
        except TokenFileError as error:
            raise wrong_value("name" if isinstance(error, VppNameTaken) else "file", error) from None
        verify_vpp_token(token, by=request.user)
        tasks.enqueue(tasks.run_read_licences, token.pk)
        headers = location("api-vpp-token-detail", token.pk, request)
        return self._shown(token, status.HTTP_201_CREATED, **headers)

    @extend_schema(
        operation_id="vpp_tokens_update",
        request=VppTokenEditSerializer,
        responses=VppTokenSerializer,
        examples=[EDITED],
    )
    def partial_update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Give a VPP token another name or other scope tags; profiles keep it chosen."""
        token = self.get_object()
        try:
            edit_vpp_token(token, by=request.user, **said(VppTokenEditSerializer, request))
        except VppNameTaken as error:
            raise wrong_value("name", error) from None
        return self._shown(self.get_object())

    @extend_schema(operation_id="vpp_tokens_delete", responses={204: None})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Forget a content token that no profile has chosen; in Apple's portal it stays as it is."""
        try:
            delete_vpp_token(self.get_object(), by=request.user)
        except VppTokenInUse as error:
            raise refusal(error) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="vpp_tokens_renew",
        request={"multipart/form-data": VppTokenRenewSerializer},
        responses={200: VppTokenSerializer, 502: ProblemSerializer},
    )
    @action(detail=True, methods=["post"], needed=Permission.UPDATE_TOKEN)
    def renew(self, request: Request, pk: str | None = None) -> Response:
        """Replace a content token by a newer one of the same location; what profiles have chosen stays.

        The file is read, compared with the present one and tried at Apple before anything is replaced. A file that will
        not do is refused at `file`: of another location (unless confirmed), older, expired, the same once more, or
        another kind of file. What Apple says no with is 502.
        """
        token = self.get_object()
        words = said(VppTokenRenewSerializer, request)
        data, other = words["file"].read(limits.TOKEN_FILE_BYTES + 1), words["confirm_other_location"]
        try:
            renew_vpp_token(token, data, other_location=other, by=request.user)
        except TokenFileError as error:
            raise wrong_value("file", error) from None
        tasks.enqueue(tasks.run_read_licences, token.pk)
        return self._shown(self.get_object())

    @extend_schema(
        operation_id="vpp_tokens_read",
        request=None,
        responses={202: OpenApiResponse(VppTokenSerializer, "Wished for, or under way already.")},
        parameters=[LOCATION],
    )
    @action(detail=True, methods=["post"], needed=Permission.SYNC_DEVICE, parser_classes=[Json])
    def read(self, request: Request, pk: str | None = None) -> Response:
        """Have the licences read now: once a minute of one VPP token, and not while Apple has asked to wait.

        Ask at its Location until `is_being_read` is false.
        """
        token = self.get_object()
        try:
            request_reading(token, by=request.user)
        except ReadingRefused as refused:
            if refused.until is None:
                raise refusal(refused) from None
            wait = (refused.until - timezone.now()).total_seconds()
            raise Throttled(max(1, wait), _(refused.sentence) % refused.details) from None
        tasks.enqueue(tasks.run_read_licences, token.pk)
        headers = location("api-vpp-token-detail", token.pk, request)
        return self._shown(self.get_object(), status.HTTP_202_ACCEPTED, **headers)

    @extend_schema(
        operation_id="vpp_tokens_licences",
        parameters=parameters_of(LicenceFilter),
        responses=StockSerializer(many=True),
        filters=True,
    )
    @action(detail=True, pagination_class=ByApp, serializer_class=StockSerializer, parser_classes=[Json])
    def licences(self, request: Request, pk: str | None = None) -> Response:
        """What the location owns, by app, as Apple last told (`read_at`): the Company Portal first, then by name."""
        rows = matching(LicenceFilter(request.query_params, token=self.get_object()))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(list(stocks(page)), many=True).data)
