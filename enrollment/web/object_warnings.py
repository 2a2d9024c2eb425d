"""Which warnings stand on the page of an object: those that concern it, and none that the page tells already."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from enrollment.actions.profiles.lint_profile import Finding
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import (
    AssignmentState,
    Device,
    Permission,
    Profile,
    SyncRun,
    SyncStatus,
    Token,
    TokenStatus,
)
from enrollment.permissions import may
from enrollment.web.standing import warnings_about

# What keeps Apple from being asked for anything, by the status whose note on a token's page tells it, too.
TOLD_BY_STATUS = {
    TokenStatus.NOT_VERIFIED: "token_not_verified",
    TokenStatus.EXPIRED: "token_expired",
    TokenStatus.REJECTED: "token_rejected",
    TokenStatus.TERMS_NOT_SIGNED: "terms_not_signed",
    TokenStatus.UNREACHABLE: "token_unreachable",
}
STOPS_ASSIGNING = set(TOLD_BY_STATUS.values())
# What is told of all devices of a token like one of them, by the state whose note on its page tells it, too.
TOLD_BY_STATE = {
    AssignmentState.FAILED: "devices_failing",
    AssignmentState.NOT_ACCESSIBLE: "devices_not_accessible",
    AssignmentState.THROTTLED: "devices_throttled",
}
WITHOUT_PROFILE = "devices_without_profile"
# What is the matter with a VPP token; of licences only those of the app for which profiles choose it.
OF_A_VPP_TOKEN = ("vpp_token_expired", "vpp_token_rejected", "vpp_token_expiring", "licences_unread")
OF_AN_APP = ("licences_gone", "licences_low")
BLOCKS_ENROLLMENT = ("vpp_token_expired", "vpp_token_rejected", "licences_gone")
SYNC_FAILED, NOT_SYNCED = "sync_failed", "no_sync"
FULL = "many_devices_of_a_profile"
# The linter finds the same in a profile; the warning says besides since when, who was told, and leads to the remedy.
TOLD_BY_WARNING = {
    "vpp-token-expired": "vpp_token_expired",
    "vpp-token-rejected": "vpp_token_rejected",
    "vpp-token-expires-soon": "vpp_token_expiring",
    "company-portal-licences-gone": "licences_gone",
    "company-portal-licences-low": "licences_low",
}


def of_token(request: HttpRequest, token: Token) -> dict[str, Any]:
    """The one that its status tells of, to stand in its note, and the others."""
    found = warnings_about(request, token=token)
    told = _told_by_status(token)
    noted = _first(found, told)
    return {"noted": noted, "warnings": [one for one in found if one is not noted]}


def of_sync(request: HttpRequest, token: Token, run: SyncRun | None) -> StandingWarning | None:
    """What the sync panel tells already when it shows this run: that it failed."""
    if run is None or run.status != SyncStatus.FAILED:
        return None
    warning = _first(warnings_about(request, token=token), SYNC_FAILED)
    return warning if warning and warning.details["run"] == run.pk else None


def _first(warnings: Iterable[StandingWarning], condition: str | None) -> StandingWarning | None:
    return next((warning for warning in warnings if warning.condition.id == condition), None)


def _told_by_status(token: Token) -> str | None:
    if token.has_expired:
        return TOLD_BY_STATUS[TokenStatus.EXPIRED]
    if token.status == TokenStatus.EXPIRES_SOON:
        return "token_expiring"
    return TOLD_BY_STATUS.get(token.status)


def of_profile(request: HttpRequest, profile: Profile) -> list[StandingWarning]:
    """What keeps it from being assigned, how full it is, and what there is to say of the VPP token it has chosen."""
    chosen = profile.settings.get("company_portal_vpp")
    return [
        warning
        for warning in warnings_about(request, token=profile.token, vpp_token=chosen)
        if _keeps_the_portal_away(warning) or _stops_assigning(warning) or _is_about(warning, profile)
    ]


def besides(warnings: Iterable[StandingWarning], findings: Iterable[Finding]) -> list[Finding]:
    """What the linter finds in a profile besides what these warnings of its page tell already."""
    told = {warning.condition.id for warning in warnings}
    return [finding for finding in findings if TOLD_BY_WARNING.get(finding.rule) not in told]


def of_device(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The one that its own note tells, of all devices like it, and what else keeps it from enrolling as is wanted."""
    if device.released_at:
        return {"noted": None, "warnings": []}
    found = warnings_about(request, token=device.token, vpp_token=_chosen_for(request, device))
    told = WITHOUT_PROFILE if device.lacks_profile else TOLD_BY_STATE.get(AssignmentState(device.state_now))
    return {"noted": _first(found, told), "warnings": [one for one in found if _is_in_its_way(one)]}


def _chosen_for(request: HttpRequest, device: Device) -> int | None:
    """The VPP token of the profile that is wanted of it, for who may read what profiles say."""
    if device.profile is None or not may(request.user, Permission.READ_PROFILE):
        return None
    return device.profile.settings.get("company_portal_vpp")


def _is_in_its_way(warning: StandingWarning) -> bool:
    blocks = _keeps_the_portal_away(warning) and warning.condition.id in BLOCKS_ENROLLMENT
    return blocks or _stops_assigning(warning) or warning.condition.id == NOT_SYNCED


def _stops_assigning(warning: StandingWarning) -> bool:
    return warning.condition.id in STOPS_ASSIGNING


def _keeps_the_portal_away(warning: StandingWarning) -> bool:
    """Whether it is about a VPP token, and about no app but the one for which profiles choose it."""
    is_of_the_app = warning.condition.id in OF_AN_APP and warning.part == settings.COMPANY_PORTAL_APP
    return is_of_the_app or warning.condition.id in OF_A_VPP_TOKEN


def _is_about(warning: StandingWarning, profile: Profile) -> bool:
    return warning.condition.id == FULL and warning.details["profile"] == profile.pk
