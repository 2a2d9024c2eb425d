from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.find_warning import NoSuchWarning, WarningOver, find_warning
from enrollment.actions.warnings.snooze_warning import SnoozeRefused, snooze_warning
from enrollment.actions.warnings.wake_warning import wake_warning
from enrollment.actions.warnings.warning_filter import WarningFilter
from enrollment.api.asked import said
from enrollment.api.listed_pages import ListedPages
from enrollment.api.problem import refusal, wrong_value
from enrollment.api.serializers.warnings import SnoozeSerializer, WarningSerializer, WholeWarningSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Alert, Severity

FILTERS = [
    OpenApiParameter("severity", str, enum=list(Severity.values), description="How bad it is."),
    OpenApiParameter("condition", str, enum=[one.id for one in CONDITIONS], description="What kind it is."),
    OpenApiParameter("token", int, description="The id of the token it is about."),
    OpenApiParameter("vpp_token", int, description="The id of the VPP token it is about."),
    OpenApiParameter("snoozed", bool, description="Whether it is snoozed."),
]
SNOOZED = OpenApiExample(
    "Until the renewal", {"until": "2027-05-12T08:00:00Z", "reason": "The renewal is planned."}, request_only=True
)


class WarningViewSet(Viewset):
    """What nobody should be surprised by. Each shows what its person may read; who acts on a kind may snooze it."""

    queryset = Alert.objects.none()
    serializer_class = WarningSerializer
    pagination_class = ListedPages
    lookup_field = "key"
    lookup_value_converter = "str"

    def get_serializer_class(self) -> type[WarningSerializer]:
        return WarningSerializer if self.action == "list" else WholeWarningSerializer

    @extend_schema(operation_id="warnings_list", parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """All that stands now, the worst first, snoozed or not."""
        filters = WarningFilter(request.query_params, person=request.user)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        page = self.paginate_queryset(filters.matching(current_warnings(request.user)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(operation_id="warnings_retrieve")
    def retrieve(self, request: Request, key: str) -> Response:
        """One, with whom it was told. Of one that is over, what is remembered."""
        return self._shown(request, key)

    @extend_schema(
        operation_id="warnings_snooze", request=SnoozeSerializer, responses=WholeWarningSerializer, examples=[SNOOZED]
    )
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, key: str) -> Response:
        """Nobody is told of it until then, unless it becomes worse. It still counts for the health of its object.

        After that whoever has had a message about this step gets no second one, only the next step's.
        """
        words = said(SnoozeSerializer, request)
        return self._done(request, key, lambda: snooze_warning(key, by=request.user, **words))

    @extend_schema(operation_id="warnings_wake", request=None, responses=WholeWarningSerializer)
    @action(detail=True, methods=["post"])
    def wake(self, request: Request, key: str) -> Response:
        """End its snooze: the bell counts it again. Whoever has had a message about this step gets no second one."""
        return self._done(request, key, lambda: wake_warning(key, by=request.user))

    def _done(self, request: Request, key: str, deed: Any) -> Response:
        try:
            deed()
        except NoSuchWarning:
            raise Http404 from None
        except SnoozeRefused as error:
            raise wrong_value(error.field, error) from None
        except WarningOver as error:
            raise refusal(error) from None
        return self._shown(request, key)

    def _shown(self, request: Request, key: str) -> Response:
        try:
            warning = find_warning(key, request.user)
        except NoSuchWarning:
            raise Http404 from None
        return Response(self.get_serializer(warning).data)
