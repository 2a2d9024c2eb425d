from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.delete_scope_tag import delete_scope_tag
from enrollment.actions.access.save_scope_tag import save_scope_tag
from enrollment.api.access import OfAccess, refusals_told
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.serializers.access import ScopeTagSaidSerializer, ScopeTagSerializer
from enrollment.models import ScopeTag


class ScopeTagViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfAccess):
    """Parts of the organisation; somebody narrowed to some sees those, and changes none."""

    queryset = ScopeTag.objects.none()
    serializer_class = ScopeTagSerializer

    def get_queryset(self) -> QuerySet[ScopeTag]:
        return self.request.user.scope

    @extend_schema(operation_id="scope_tags_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those you see."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="scope_tags_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="scope_tags_create",
        request=ScopeTagSaidSerializer,
        responses={201: ScopeTagSerializer},
        parameters=[LOCATION],
    )
    def create(self, request: Request) -> Response:
        """Make one."""
        words = said(ScopeTagSaidSerializer, request)
        with refusals_told("name"):
            tag = save_scope_tag(None, by=request.user, **words)
        headers = location("api-scope-tag-detail", tag.pk, request)
        return Response(self.get_serializer(tag).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="scope_tags_change", request=ScopeTagSaidSerializer)
    def update(self, request: Request, pk: int) -> Response:
        """Say anew what it is called."""
        tag = self.get_object()
        words = said(ScopeTagSaidSerializer, request)
        with refusals_told("name"):
            tag = save_scope_tag(tag, by=request.user, **words)
        return Response(self.get_serializer(tag).data)

    @extend_schema(operation_id="scope_tags_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a scope tag nothing carries: who lost their last one would see everything."""
        with refusals_told():
            delete_scope_tag(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
