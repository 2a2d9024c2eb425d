from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.delete_scope_tag import delete_scope_tag
from enrollment.actions.access.save_scope_tag import save_scope_tag
from enrollment.api.access import OfAccess, refusals_told
from enrollment.api.asked import said
from enrollment.api.filters import matching, parameters_of
from enrollment.api.location import LOCATION, location
from enrollment.api.serializers.access import ScopeTagSaidSerializer, ScopeTagSerializer
from enrollment.models import ScopeTag

A_SITE = OpenApiExample("A site", {"name": "Lyon", "description": "The school in Lyon"}, request_only=True)


class TagsAsked(django_filters.FilterSet):
    """Which scope tags."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="A part of their name")


class ScopeTagViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfAccess):
    """Parts of the organisation; somebody narrowed to some sees those, and changes none."""

    queryset = ScopeTag.objects.none()
    serializer_class = ScopeTagSerializer

    def get_queryset(self) -> QuerySet[ScopeTag]:
        return self.request.user.scope

    def filter_queryset(self, queryset: QuerySet[ScopeTag]) -> QuerySet[ScopeTag]:
        is_list = self.action == "list"
        return matching(TagsAsked(self.request.query_params, queryset=queryset)) if is_list else queryset

    @extend_schema(operation_id="scope_tags_list", parameters=parameters_of(TagsAsked))
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
        examples=[A_SITE],
    )
    def create(self, request: Request) -> Response:
        """Make one."""
        words = said(ScopeTagSaidSerializer, request)
        with refusals_told("name"):
            tag = save_scope_tag(None, by=request.user, **words)
        headers = location("api-scope-tag-detail", tag.pk, request)
        return Response(self.get_serializer(tag).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="scope_tags_change", request=ScopeTagSaidSerializer, examples=[A_SITE])
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
