from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.revoke_api_key import revoke_api_key
from enrollment.api.access import refusals_told
from enrollment.api.asked import said
from enrollment.api.filters import matching, parameters_of
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import NewestFirst
from enrollment.api.serializers.access import ApiKeyMadeSerializer, ApiKeySaidSerializer, ApiKeySerializer
from enrollment.api.viewset import Viewset
from enrollment.models import ApiKey, Person
from enrollment.models.api_key import ApiKeyQuerySet, hash_key
from enrollment.models.api_key_filter import ApiKeyFilter
from enrollment.models.yes_or_no import YesOrNo

A_SMALL_KEY = OpenApiExample(
    "A key of your own that may less", {"name": "Nightly inventory", "role": 4, "days": 90}, request_only=True
)


class KeysAsked(ApiKeyFilter):
    """Which keys."""

    is_usable = YesOrNo(method="usable", label="Those that open the door, or those that do no more")
    is_ending = YesOrNo(method="ending", label="Those that expire or have expired and were not replaced, or all others")
    person = django_filters.ModelChoiceFilter(queryset=Person.objects.none(), label="Of this person")

    def __init__(self, data: Any, *, person: Person, **more: Any) -> None:
        super().__init__(data, **more)
        self.filters["person"].queryset = Person.objects.with_keys_for(person)

    def usable(self, keys: ApiKeyQuerySet, _name: str, are: bool) -> QuerySet[ApiKey]:
        usable = ApiKey.objects.usable(timezone.now())
        return keys.filter(pk__in=usable) if are else keys.exclude(pk__in=usable)

    def ending(self, keys: ApiKeyQuerySet, _name: str, are: bool) -> QuerySet[ApiKey]:
        ending = ApiKey.objects.ending(timezone.now())
        return keys.filter(pk__in=ending) if are else keys.exclude(pk__in=ending)


class ApiKeyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """API keys: your own, and with Manage access those of the people you administer."""

    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ApiKey]:
        keys = ApiKey.objects.visible_to(self.request.user)
        return keys.select_related("person", "role").prefetch_related("scope_tags")

    def filter_queryset(self, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        if self.action != "list":
            return queryset
        return matching(KeysAsked(self.request.query_params, queryset=queryset, person=self.request.user))

    @extend_schema(operation_id="api_keys_list", parameters=parameters_of(KeysAsked))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first; a key that is less than its person sees itself alone."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="api_keys_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them, without the key itself."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="api_keys_make",
        request=ApiKeySaidSerializer,
        responses={201: ApiKeyMadeSerializer},
        parameters=[LOCATION],
        examples=[A_SMALL_KEY],
    )
    def create(self, request: Request) -> Response:
        """Make a key, told in this answer and never again. No key makes one that may more than itself."""
        words = said(ApiKeySaidSerializer, request)
        person = words.pop("person", request.user)
        with refusals_told("name", "person", "role", "scope_tags"):
            key = make_api_key(person, by=request.user, **words)
        made = ApiKey.objects.get(hashed_key=hash_key(key))
        made.key = key
        headers = {**location("api-api-key-detail", made.pk, request), "Cache-Control": "no-store"}
        answer = ApiKeyMadeSerializer(made, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="api_keys_revoke", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Revoke it: from now on it opens no door, for ever. It stays listed."""
        revoke_api_key(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
