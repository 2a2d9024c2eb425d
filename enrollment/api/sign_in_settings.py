from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.oidc import PROVIDER_ID
from enrollment.actions.access.require_mfa import require_mfa
from enrollment.api.asked import said
from enrollment.api.serializers.sign_in_settings import SignInSaidSerializer, SignInSettingsSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Installation, Permission
from enrollment.permissions import check_everywhere

FOR_EVERYONE = OpenApiExample("Second factors for everyone", {"requires_mfa": True}, request_only=True)


class SignInSettingsViewSet(Viewset):
    """How everyone signs in here; for who manages access and sees everything."""

    serializer_class = SignInSettingsSerializer
    pagination_class = None

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action is not None:
            check_everywhere(request.user, Permission.MANAGE_ACCESS)

    @extend_schema(operation_id="sign_in_settings_retrieve")
    def show(self, request: Request) -> Response:
        """The switch for second factors, and what the environment says of the provider, without its secret."""
        return Response(self.get_serializer(_settings()).data)

    @extend_schema(operation_id="sign_in_settings_change", request=SignInSaidSerializer, examples=[FOR_EVERYONE])
    def change(self, request: Request) -> Response:
        """Need second factors, or no longer. Keys are not concerned, nor is who comes through the provider.

        Whoever has none is led to set one up at their next click, and reaches nothing else before.
        """
        require_mfa(said(SignInSaidSerializer, request)["requires_mfa"], by=request.user)
        return Response(self.get_serializer(_settings()).data)


def _settings() -> dict[str, Any]:
    provider = settings.OIDC and {
        "name": settings.OIDC.name,
        "url": settings.OIDC.url,
        "client_id": settings.OIDC.client_id,
        "redirect_url": settings.BASE_URL + reverse("openid_connect_callback", args=[PROVIDER_ID]),
        "username_claim": settings.OIDC.username_claim,
        "groups_claim": settings.OIDC.roles_claim,
        "makes_people": settings.OIDC.makes_people,
        "roles": _pairs(settings.OIDC.roles),
        "scope_tags": _pairs(settings.OIDC.scope_tags),
    }
    return {"requires_mfa": Installation.this().requires_mfa, "provider": provider}


def _pairs(mapping: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"group": group, "gives": name} for group, name in mapping]
