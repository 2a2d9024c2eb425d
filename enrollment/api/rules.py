from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.rules.count_rules import count_rules
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.actions.rules.order_rules import order_rules
from enrollment.actions.rules.preview_rules import preview_rules
from enrollment.actions.rules.set_rules_brake import set_rules_brake
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import Pages
from enrollment.api.rule_saving import saved, tried
from enrollment.api.serializers.operations import OperationDetailSerializer
from enrollment.api.serializers.rules import (
    AllCountsSerializer,
    ApplySerializer,
    BrakeSerializer,
    RuleChangedSerializer,
    RuleOrderSerializer,
    RulePreviewSerializer,
    RuleSaidSerializer,
    RuleSerializer,
    RuleTriedAnewSerializer,
    RuleTriedSerializer,
)
from enrollment.api.viewset import Viewset
from enrollment.models import AssignmentRule, Permission, RulesAbout, Token
from enrollment.permissions import check

A_RULE = OpenApiExample(
    "iPads of the school, and those with a tag",
    value={
        "name": "School iPads",
        "profile": 2,
        "mode": "active",
        "conditions": [
            [
                {"field": "family", "test": "is", "value": "iPad"},
                {"field": "assigned_by", "test": "contains", "value": "school"},
            ],
            [{"field": "asset_tag", "test": "begins", "value": "SCHOOL-"}],
        ],
    },
    request_only=True,
)
TRIED = OpenApiExample(
    "A rule", value={name: A_RULE.value[name] for name in ("profile", "conditions")}, request_only=True
)
CHANGED = OpenApiExample("Tried without effect", value={"mode": "shadow"}, request_only=True)
TRIED_ANEW = OpenApiExample("Another profile", value={"profile": 1}, request_only=True)
ORDERED = OpenApiExample("The second first", value={"order": [2, 1]}, request_only=True)
BRAKED = OpenApiExample("Fifty at once", value={"brake": 50}, request_only=True)
APPLIED = OpenApiExample("Those nothing was said about", value={"about": "unsaid"}, request_only=True)
READS = ("list", "retrieve", "counts", "read_brake")


class InOrder(Pages):
    """As the rules are asked one after the other."""

    ordering = ("position", "id")


class OfRules(Viewset):
    """Who reads rules reads profiles and devices; who changes them assigns profiles."""

    queryset = AssignmentRule.objects.none()
    serializer_class = RuleSerializer
    pagination_class = InOrder
    needed = Permission.ASSIGN_PROFILE

    def check_permissions(self, request: Request) -> None:
        if self.action in READS:
            self.needs = {self.action: Permission.READ_PROFILE}
        super().check_permissions(request)
        if self.action in READS:
            check(request.user, Permission.READ_DEVICE)


class RuleViewSet(mixins.RetrieveModelMixin, OfRules):
    """One assignment rule."""

    def get_queryset(self) -> QuerySet[AssignmentRule]:
        return AssignmentRule.objects.visible_to(self.request.user).select_related("token", "profile")

    @extend_schema(operation_id="rules_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it looks at, and which profile it gives."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(operation_id="rules_change", request=RuleChangedSerializer, examples=[CHANGED])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it. It decides about devices that appear from now on; previews of the token's rules are void."""
        rule = self.get_object()
        body = said(RuleChangedSerializer, request, token=rule.token)
        return Response(self.get_serializer(saved(rule.token, rule, body, request.user)).data)

    @extend_schema(operation_id="rules_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget it. What it has decided about devices stays."""
        delete_rule(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="rules_preview",
        request=RuleTriedAnewSerializer,
        responses=RulePreviewSerializer,
        examples=[TRIED_ANEW],
    )
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: int) -> Response:
        """What it would do, as it is or with changes; nothing is saved."""
        rule = self.get_object()
        return Response(tried(rule.token, rule, said(RuleTriedAnewSerializer, request, token=rule.token)))


@extend_schema(tags=["rules"])
class TokenRuleViewSet(mixins.ListModelMixin, OfRules):
    """The assignment rules of a token: in their order, with its brake."""

    def get_queryset(self) -> QuerySet[AssignmentRule]:
        return self.token.rules.all()

    @property
    def token(self) -> Token:
        return get_object_or_404(Token.objects.visible_to(self.request.user), pk=self.kwargs["token"])

    @extend_schema(operation_id="token_rules_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In their order: of several that match a device the first wins."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="token_rules_create",
        request=RuleSaidSerializer,
        responses={201: RuleSerializer},
        parameters=[LOCATION],
        examples=[A_RULE],
    )
    def create(self, request: Request, **_names: Any) -> Response:
        """Make a rule, as the last one. It decides about devices that appear from now on."""
        token = self.token
        rule = saved(token, None, said(RuleSaidSerializer, request, token=token), request.user)
        headers = location("api-rule-detail", rule.pk, request)
        return Response(self.get_serializer(rule).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        operation_id="token_rules_preview",
        request=RuleTriedSerializer,
        responses=RulePreviewSerializer,
        examples=[TRIED],
    )
    @action(detail=False, methods=["post"])
    def preview(self, request: Request, **_names: Any) -> Response:
        """What a rule would do as the last one of the token; nothing is saved."""
        token = self.token
        return Response(tried(token, None, said(RuleTriedSerializer, request, token=token)))

    @extend_schema(operation_id="token_rules_counts", filters=False)
    @action(detail=False, pagination_class=None, serializer_class=AllCountsSerializer)
    def counts(self, request: Request, **_names: Any) -> Response:
        """How many devices each rule matches, and of how many it is the one that wins."""
        counted = count_rules(self.token)
        told = [{"rule": key, "matches": one.matches, "wins": one.wins} for key, one in counted.items()]
        return Response(self.get_serializer({"counts": told}).data)

    @extend_schema(
        operation_id="token_rules_order",
        request=RuleOrderSerializer,
        responses=RuleOrderSerializer,
        examples=[ORDERED],
    )
    @action(detail=False, methods=["put"])
    def order(self, request: Request, **_names: Any) -> Response:
        """Put the rules into this order; it is answered as it is then."""
        token = self.token
        order_rules(token, said(RuleOrderSerializer, request, token=token)["order"], by=request.user)
        return Response({"order": [rule.pk for rule in token.rules.all()]})

    @extend_schema(operation_id="token_rules_brake", filters=False)
    @action(detail=False, url_path="brake", pagination_class=None, serializer_class=BrakeSerializer)
    def read_brake(self, request: Request, **_names: Any) -> Response:
        """How many devices one run of the rules may move by itself."""
        return Response(self.get_serializer({"brake": self.token.rules_brake}).data)

    @extend_schema(
        operation_id="token_rules_set_brake", request=BrakeSerializer, responses=BrakeSerializer, examples=[BRAKED]
    )
    @read_brake.mapping.put
    def set_brake(self, request: Request, **_names: Any) -> Response:
        """Set it."""
        token = self.token
        set_rules_brake(token, said(BrakeSerializer, request)["brake"], by=request.user)
        return Response({"brake": token.rules_brake})

    @extend_schema(
        operation_id="token_rules_apply",
        request=ApplySerializer,
        responses={201: OperationDetailSerializer},
        parameters=[LOCATION],
        examples=[APPLIED],
    )
    @action(detail=False, methods=["post"])
    def apply(self, request: Request, **_names: Any) -> Response:
        """See what the rules decide about the devices that are there: an operation, done when it is confirmed."""
        token = self.token
        about = RulesAbout(said(ApplySerializer, request)["about"])
        operation = preview_rules(token, about, by=request.user)
        headers = location("api-operation-detail", operation.pk, request)
        return Response(OperationDetailSerializer(operation).data, status=status.HTTP_201_CREATED, headers=headers)
