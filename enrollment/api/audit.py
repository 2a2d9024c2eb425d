from collections.abc import Iterator

import django_filters
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.audit.export_audit import ExportFormat, export_audit
from enrollment.api.csv import CSV, Csv, streamed
from enrollment.api.filters import parameters_of
from enrollment.api.keyset_pages import KeysetPages
from enrollment.api.serializers.audit import AuditEntrySerializer, AuditHeadSerializer
from enrollment.api.viewset import Reading
from enrollment.models import AuditEntry, AuditHead, Permission
from enrollment.models.audit_actions import ACTIONS, NOUNS, action_in_words
from enrollment.models.audit_filter import AuditFilter, all_of
from enrollment.models.keyset import Order

JSON_LINES = "application/jsonl"
LINES = {(200, JSON_LINES): OpenApiResponse(OpenApiTypes.STR, "One JSON object a line, as it is stored.")}
_sentence, _all = lazy(action_in_words, str), lazy(all_of, str)


class AuditAsked(AuditFilter):
    """Those of the page, the actions in one list."""

    action = django_filters.ChoiceFilter(
        method="is_action",
        choices=[*((noun, _all(label)) for noun, label in NOUNS.items()), *((one, _sentence(one)) for one in ACTIONS)],
        label=AuditFilter.base_filters["action"].label,
    )


class JsonLines(JSONRenderer):
    """Agrees to who asks for lines; only refusals are rendered by it, and they are problem documents."""

    media_type = JSON_LINES
    format = "jsonl"


FILTERS = parameters_of(AuditAsked)


@extend_schema_view(
    list=extend_schema(operation_id="audit_list", parameters=FILTERS),
    retrieve=extend_schema(operation_id="audit_retrieve"),
)
class AuditViewSet(Reading):
    """The audit log: who did what, the newest first."""

    queryset = AuditEntry.objects.none()
    serializer_class = AuditEntrySerializer
    pagination_class = KeysetPages
    needed = Permission.READ_AUDIT

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return self._asked().entries if self.action == "list" else queryset

    def order_of(self, _entries: QuerySet[AuditEntry]) -> Order:
        return Order("pk", downwards=True)

    @extend_schema(operation_id="audit_export", parameters=FILTERS, responses=CSV, filters=False)
    @action(detail=False, pagination_class=None, renderer_classes=[Csv])
    def export(self, request: Request) -> StreamingHttpResponse:
        """What the filters match, as a file for spreadsheets; that it was made is recorded."""
        return streamed(self._lines(ExportFormat.CSV), f"audit-{timezone.localdate()}.csv")

    @extend_schema(operation_id="audit_lines", parameters=FILTERS, responses=LINES, filters=False)
    @action(detail=False, pagination_class=None, renderer_classes=[JsonLines])
    def lines(self, request: Request) -> StreamingHttpResponse:
        """What the filters match, as JSON lines with marks and chain hashes; that it was made is recorded."""
        headers = {"Content-Disposition": f'attachment; filename="audit-{timezone.localdate()}.jsonl"'}
        kind = f"{JSON_LINES}; charset=utf-8"
        return StreamingHttpResponse(self._lines(ExportFormat.JSON_LINES), content_type=kind, headers=headers)

    @extend_schema(operation_id="audit_head", filters=False)
    @action(detail=False, pagination_class=None, serializer_class=AuditHeadSerializer)
    def head(self, request: Request) -> Response:
        """Where the chain of sealed entries reaches to; for those who see everything.

        Note it somewhere else: `manage.py verify_audit --head NUMBER:HASH` proves later that it is still contained.
        """
        head = AuditHead.objects.filter(pk=1).first()
        if head is None or not request.user.sees_everything:
            raise NotFound
        return Response(self.get_serializer(head).data)

    def _asked(self) -> AuditAsked:
        filters = AuditAsked(self.request.query_params, person=self.request.user)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters

    def _lines(self, kind: ExportFormat) -> Iterator[str]:
        return export_audit(self._asked(), kind, by=self.request.user)
