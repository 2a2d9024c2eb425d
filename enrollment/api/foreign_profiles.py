from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.profiles.import_foreign_profile import import_foreign_profile
from enrollment.actions.profiles.start_profile import TokenNotActive
from enrollment.api.filters import parameters_of
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import refusal
from enrollment.api.serializers.profile_drafts import WholeProfileDraftSerializer
from enrollment.api.viewset import Reading
from enrollment.models import ForeignProfile, Permission, Person, Token


class ForeignProfileSerializer(serializers.ModelSerializer):
    """A profile another tool made, seen on devices that were taken over."""

    payload = serializers.DictField(
        allow_null=True, read_only=True, help_text="As Apple answered it; null until it has been asked."
    )

    class Meta:
        model = ForeignProfile
        fields = ["id", "token", "apple_uuid", "name", "fetched_at", "payload"]


class ForeignProfilesAsked(django_filters.FilterSet):
    """Which."""

    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label="Seen on devices of this token")

    def __init__(self, data: Any, *, person: Person) -> None:
        super().__init__(data, queryset=ForeignProfile.objects.visible_to(person))
        self.filters["token"].queryset = Token.objects.visible_to(person)


@extend_schema_view(
    list=extend_schema(operation_id="foreign_profiles_list", parameters=parameters_of(ForeignProfilesAsked)),
    retrieve=extend_schema(operation_id="foreign_profiles_retrieve"),
)
class ForeignProfileViewSet(Reading):
    """Profiles of other tools. They are never taken off by themselves."""

    queryset = ForeignProfile.objects.none()
    serializer_class = ForeignProfileSerializer
    needed = Permission.READ_PROFILE

    def get_queryset(self) -> QuerySet[ForeignProfile]:
        return ForeignProfile.objects.visible_to(self.request.user).select_related("token")

    def filter_queryset(self, queryset: QuerySet[ForeignProfile]) -> QuerySet[ForeignProfile]:
        if self.action != "list":
            return queryset
        filters = ForeignProfilesAsked(self.request.query_params, person=self.request.user)
        if not filters.is_valid():
            raise serializers.ValidationError(filters.errors)
        return filters.qs

    @extend_schema(
        operation_id="foreign_profiles_take_over",
        request=None,
        parameters=[LOCATION],
        responses={201: WholeProfileDraftSerializer},
    )
    @action(detail=True, methods=["post"], url_path="take-over", needed=Permission.CREATE_PROFILE)
    def take_over(self, request: Request, pk: str | None = None) -> Response:
        """A draft of ours that says the same; what cannot be taken stands under its `errors`."""
        try:
            draft = import_foreign_profile(self.get_object(), by=request.user)
        except TokenNotActive as error:
            raise refusal(error) from None
        draft.owner = request.user
        headers = location("api-profile-draft-detail", draft.pk, request)
        return Response(WholeProfileDraftSerializer(draft).data, status=status.HTTP_201_CREATED, headers=headers)
