"""Which warnings stand on the page of an object: those that concern it, and none that the page tells already."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from enrollment.actions.profiles.lint_profile import Finding
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Device, Profile, Token, TokenStatus
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
OF_AN_APP = ("licences_gone", "licences_low")
TOLD_BY_SYNC_PANEL = "sync_failed"
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
    noted = next((warning for warning in found if warning.condition.id == told), None)
    others = [one for one in found if one is not noted and one.condition.id != TOLD_BY_SYNC_PANEL]
    return {"noted": noted, "warnings": others}


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


def of_device(request: HttpRequest, device: Device) -> list[StandingWarning]:
    """What of its token keeps it from getting what is wanted."""
    return [warning for warning in warnings_about(request, token=device.token) if _stops_assigning(warning)]


def _stops_assigning(warning: StandingWarning) -> bool:
    return warning.condition.id in STOPS_ASSIGNING


def _keeps_the_portal_away(warning: StandingWarning) -> bool:
    """Whether it is about a VPP token, and about no app but the one for which profiles choose it."""
    is_of_another_app = warning.condition.id in OF_AN_APP and warning.part != settings.COMPANY_PORTAL_APP
    return warning.vpp_token is not None and not is_of_another_app


def _is_about(warning: StandingWarning, profile: Profile) -> bool:
    return warning.condition.id == FULL and warning.details["profile"] == profile.pk
