from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.delete_role import delete_role
from enrollment.actions.access.save_role import save_role
from enrollment.api.access import OfAccess, refusals_told
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.serializers.access import RoleSaidSerializer, RoleSerializer
from enrollment.models import Role

FIELDS = ("name", "permissions")
A_ROLE = OpenApiExample(
    "Who only looks devices up", {"name": "Front desk", "permissions": ["read_token", "read_device"]}, request_only=True
)


class RoleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfAccess):
    """Roles belong to the whole organisation: changed by who manages access and sees everything."""

    queryset = Role.objects.none()
    serializer_class = RoleSerializer

    def get_queryset(self) -> QuerySet[Role]:
        return Role.objects.all()

    @extend_schema(operation_id="roles_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All there are; the names of built-in ones in the language asked for."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="roles_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it allows."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="roles_create",
        request=RoleSaidSerializer,
        responses={201: RoleSerializer},
        parameters=[LOCATION],
        examples=[A_ROLE],
    )
    def create(self, request: Request) -> Response:
        """Make a role of one's own."""
        words = said(RoleSaidSerializer, request)
        with refusals_told(*FIELDS):
            role = save_role(None, by=request.user, **words)
        headers = location("api-role-detail", role.pk, request)
        return Response(self.get_serializer(role).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="roles_change", request=RoleSaidSerializer, examples=[A_ROLE])
    def update(self, request: Request, pk: int) -> Response:
        """Say anew what it is called and allows, to all who have it."""
        role = self.get_object()
        words = said(RoleSaidSerializer, request)
        with refusals_told(*FIELDS):
            role = save_role(role, by=request.user, **words)
        return Response(self.get_serializer(role).data)

    @extend_schema(operation_id="roles_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a role nobody and no usable key has."""
        with refusals_told():
            delete_role(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
