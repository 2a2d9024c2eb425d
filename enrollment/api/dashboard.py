from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.dashboard.count_devices import DeviceCounts
from enrollment.actions.dashboard.dashboard import Dashboard, dashboard
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.api.serializers.dashboard import DashboardSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Severity


class DashboardViewSet(Viewset):
    """What is to be seen at one glance."""

    serializer_class = DashboardSerializer
    pagination_class = None

    @extend_schema(operation_id="dashboard")
    def show(self, request: Request) -> Response:
        """The figures of the home page. What your roles do not show is null; `warnings/` tells what holds."""
        seen = dashboard(request.user, current_warnings(request.user))
        return Response(self.get_serializer(_told(seen)).data)


def _told(seen: Dashboard) -> dict[str, Any]:
    return {
        "at": seen.at,
        "warnings": {severity: sum(one.severity == severity for one in seen.warnings) for severity in Severity},
        "tokens": seen.tokens and {"total": seen.tokens.total, "by_health": seen.tokens.by_health},
        "devices": _devices(seen),
        "expiries": seen.expiries,
        "syncs": seen.syncs,
        "licences": None if seen.licences is None else [stock for _token, stock in seen.licences],
    }


def _devices(seen: Dashboard) -> dict[str, Any] | None:
    if seen.devices is None:
        return None
    return {
        "at": seen.devices.at,
        "total": seen.devices.total,
        "released": seen.devices.released,
        "by_status": seen.devices.by_status,
        "by_state": seen.devices.by_state,
        "by_profile": None if seen.profiles is None else _by_profile(seen.devices),
        "no_profile_wanted": seen.devices.no_profile_wanted,
        "nothing_said": seen.devices.nothing_said,
    }


def _by_profile(devices: DeviceCounts) -> list[dict[str, int]]:
    """All of them, the most wanted first."""
    most = sorted(devices.by_profile.items(), key=lambda one: (-one[1], one[0]))
    return [{"profile": key, "devices": count} for key, count in most]
