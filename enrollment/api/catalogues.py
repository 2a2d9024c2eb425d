"""What profiles are made of, as data: a program can draw a form of it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.api.serializers.catalogues import PaneSerializer, Setting, SettingSerializer
from enrollment.api.viewset import Viewset
from enrollment.apple.setup_panes import panes_for
from enrollment.models import Permission, Platform
from enrollment.models.profile_settings import FIELDS


class ProfileSettingViewSet(Viewset):
    """The settings of profiles."""

    serializer_class = SettingSerializer
    pagination_class = None
    needed = Permission.READ_PROFILE

    @extend_schema(operation_id="profile_settings", responses=SettingSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every setting, in the order of the wizard: its kind, its bounds, its choices, and when it means something."""
        settings = [Setting(name, one) for name, one in FIELDS.items()]
        return Response(self.get_serializer(settings, many=True).data)


class SetupPaneViewSet(Viewset):
    """The screens of Setup Assistant."""

    serializer_class = PaneSerializer
    pagination_class = None
    needed = Permission.READ_PROFILE

    @extend_schema(operation_id="setup_panes", responses=PaneSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every screen that a profile can hide, in the order a user meets them. Others may be hidden by their keys."""
        return Response(self.get_serializer(panes_for(Platform.IOS), many=True).data)
