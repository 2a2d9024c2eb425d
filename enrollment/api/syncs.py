from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.api.filters import matching, parameters_of
from enrollment.api.pages import NewestFirst, Pages
from enrollment.api.serializers.syncs import SyncChangeSerializer, SyncRunSerializer, WholeSyncRunSerializer
from enrollment.api.viewset import Reading
from enrollment.models import ChangeKind, Permission, SyncChange, SyncRun
from enrollment.models.sync_filter import SyncFilter


class ChangesAsked(django_filters.FilterSet):
    """Which changes of a run."""

    kind = django_filters.ChoiceFilter(choices=ChangeKind.choices, label="Of this kind")


@extend_schema_view(list=extend_schema(operation_id="syncs_list", parameters=parameters_of(SyncFilter)))
class SyncRunViewSet(Reading):
    """Syncs, the newest first."""

    queryset = SyncRun.objects.none()
    serializer_class = SyncRunSerializer
    pagination_class = NewestFirst
    needed = Permission.READ_TOKEN

    def get_queryset(self) -> QuerySet[SyncRun]:
        return SyncRun.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
        is_list = self.action == "list"
        return matching(SyncFilter(self.request.query_params, person=self.request.user)) if is_list else queryset

    @extend_schema(operation_id="syncs_retrieve", responses=WholeSyncRunSerializer)
    def retrieve(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """One sync, with where its time went. Its devices stand in `changes/`."""
        return Response(WholeSyncRunSerializer(self.get_object()).data)

    @extend_schema(
        operation_id="syncs_changes",
        parameters=parameters_of(ChangesAsked),
        responses=SyncChangeSerializer(many=True),
        filters=True,
    )
    @action(
        detail=True,
        needed=Permission.READ_DEVICE,
        pagination_class=Pages,
        serializer_class=SyncChangeSerializer,
        queryset=SyncChange.objects.none(),
    )
    def changes(self, request: Request, pk: str | None = None) -> Response:
        """The devices a sync added, updated or released: the first hundred of each kind, by serial number."""
        changes = matching(ChangesAsked(request.query_params, queryset=self.get_object().changes.all()))
        page = self.paginate_queryset(changes)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
