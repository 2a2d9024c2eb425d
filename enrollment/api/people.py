from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.activate_person import activate_person
from enrollment.actions.access.deactivate_person import deactivate_person
from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.invite_person import invite_person
from enrollment.actions.access.remove_factors import remove_factors
from enrollment.actions.access.save_person import save_person
from enrollment.actions.warnings.revoke_calendar_address import revoke_calendar_address
from enrollment.api.access import OfAccess, refusals_told
from enrollment.api.asked import said
from enrollment.api.filters import matching, parameters_of
from enrollment.api.location import LOCATION, location
from enrollment.api.serializers.access import (
    InvitationSerializer,
    PersonChangedSerializer,
    PersonSaidSerializer,
    PersonSerializer,
    WholePersonSerializer,
)
from enrollment.models import Person, Role, ScopeTag
from enrollment.models.person_search import found_by
from enrollment.models.yes_or_no import YesOrNo

FIELDS = ("username", "roles", "scope_tags")
A_SERVICE = OpenApiExample(
    "A program that only reads", {"username": "inventory", "is_service": True, "roles": [4]}, request_only=True
)
ANOTHER_ROLE = OpenApiExample("Another role", {"roles": [4]}, request_only=True)


class PeopleAsked(django_filters.FilterSet):
    """Which people."""

    q = django_filters.CharFilter(method="search", label="Words of names or e-mail")
    is_service = YesOrNo(label="Services, or people")
    is_active = YesOrNo(label="Who may come in, or who is deactivated")
    role = django_filters.ModelChoiceFilter(field_name="roles", queryset=Role.objects.all(), label="With this role")
    scope_tag = django_filters.ModelChoiceFilter(
        field_name="scope_tags", queryset=ScopeTag.objects.none(), label="With this scope tag"
    )

    def __init__(self, data: Any, *, person: Person, **more: Any) -> None:
        super().__init__(data, **more)
        self.filters["scope_tag"].queryset = person.scope

    def search(self, people: QuerySet[Person], _name: str, words: str) -> QuerySet[Person]:
        return found_by(people, words)


class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfAccess):
    """People and services: of somebody narrowed to scope tags, those all of whose tags are theirs."""

    queryset = Person.objects.none()
    serializer_class = PersonSerializer

    def get_queryset(self) -> QuerySet[Person]:
        return Person.objects.visible_to(self.request.user).prefetch_related("roles", "scope_tags")

    def get_serializer_class(self) -> type[PersonSerializer]:
        return PersonSerializer if self.action == "list" else WholePersonSerializer

    def filter_queryset(self, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.action != "list":
            return queryset
        return matching(PeopleAsked(self.request.query_params, queryset=queryset, person=self.request.user))

    @extend_schema(operation_id="people_list", parameters=parameters_of(PeopleAsked))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who may come in, and who is deactivated."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="people_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them, with how they sign in."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="people_add",
        request=PersonSaidSerializer,
        responses={201: WholePersonSerializer},
        parameters=[LOCATION],
        examples=[A_SERVICE],
    )
    def create(self, request: Request) -> Response:
        """Add somebody. Nobody gives a role that allows more, or a scope that shows more, than they have."""
        words = said(PersonSaidSerializer, request)
        with refusals_told(*FIELDS):
            person = save_person(None, by=request.user, **words)
        headers = location("api-person-detail", person.pk, request)
        return Response(self.get_serializer(person).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="people_change", request=PersonChangedSerializer, examples=[ANOTHER_ROLE])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is said of somebody."""
        person = self.get_object()
        words = {
            "username": person.username,
            "roles": person.roles.all(),
            "scope_tags": person.scope_tags.all(),
            **said(PersonChangedSerializer, request),
        }
        with refusals_told(*FIELDS):
            person = save_person(person, by=request.user, **words)
        return Response(self.get_serializer(person).data)

    @extend_schema(operation_id="people_deactivate", request=None)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: int) -> Response:
        """They are signed out everywhere and come in no more, nor does any of their keys."""
        return self._done(deactivate_person)

    @extend_schema(operation_id="people_activate", request=None)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: int) -> Response:
        """They may come in again, with the roles and keys they had."""
        return self._done(activate_person)

    @extend_schema(operation_id="people_end_sessions", request=None)
    @action(detail=True, methods=["post"], url_path="end-sessions")
    def end_sessions(self, request: Request, pk: int) -> Response:
        """Sign them out of every browser; keys go on working."""
        return self._done(end_sessions)

    @extend_schema(operation_id="people_remove_factors", request=None)
    @action(detail=True, methods=["post"], url_path="remove-factors")
    def remove_factors(self, request: Request, pk: int) -> Response:
        """For a lost telephone: authenticator app, passkeys and recovery codes are removed."""
        return self._done(remove_factors)

    @extend_schema(operation_id="people_revoke_calendar", request=None)
    @action(detail=True, methods=["post"], url_path="revoke-calendar")
    def revoke_calendar(self, request: Request, pk: int) -> Response:
        """The address their calendar reads: it reads nothing there from now on."""
        return self._done(revoke_calendar_address)

    def _done(self, verb: Callable[..., object]) -> Response:
        person = self.get_object()
        with refusals_told():
            verb(person, by=self.request.user)
        return Response(self.get_serializer(self.get_queryset().get(pk=person.pk)).data)

    @extend_schema(operation_id="people_invite", request=None, responses=InvitationSerializer)
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: int) -> Response:
        """A link to choose a password, mailed to them and told here this once."""
        person = self.get_object()
        with refusals_told():
            invitation = invite_person(person, by=request.user)
        return Response(InvitationSerializer(invitation).data)
