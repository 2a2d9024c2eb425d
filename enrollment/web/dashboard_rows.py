"""The rows of the dashboard's bars: what they are called, and the list behind each, which counts the same."""

from collections.abc import Mapping

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.actions.dashboard.count_devices import DeviceCounts
from enrollment.actions.dashboard.count_profiles import ProfileCounts
from enrollment.actions.dashboard.count_tokens import TokenCounts
from enrollment.models import AppleProfileStatus, AssignmentState, Health, Token
from enrollment.web.pictures.bar_rows import BarRow, Row, bar_rows

STATUSES = {
    AppleProfileStatus.PUSHED: "success",
    AppleProfileStatus.ASSIGNED: "info",
    AppleProfileStatus.EMPTY: "neutral",
    AppleProfileStatus.REMOVED: "neutral",
}
STATES = {
    AssignmentState.CONFIRMED: "success",
    AssignmentState.SENT: "info",
    AssignmentState.WAITING: "info",
    AssignmentState.THROTTLED: "warning",
    AssignmentState.DRIFTED: "warning",
    AssignmentState.FAILED: "error",
    AssignmentState.NOT_ACCESSIBLE: "error",
    AssignmentState.NOTHING_WANTED: "neutral",
}
ALWAYS_TOLD = (AssignmentState.CONFIRMED, AssignmentState.NOTHING_WANTED)
HEALTHS = {Health.UNHEALTHY: "error", Health.WARNING: "warning", Health.HEALTHY: "success"}


def _devices(**filters: object) -> str:
    said = {**filters, "released": "false"}
    return f"{reverse('device-list')}?" + "&".join(f"{name}={value}" for name, value in said.items())


def status_rows(counts: Mapping[AppleProfileStatus, int], token: Token | None = None) -> list[BarRow]:
    """Devices by what Apple shows, of all tokens or of one."""
    total, where = sum(counts.values()), {"token": token.pk} if token else {}
    return bar_rows(
        [
            Row(status.label, counts[status], _devices(**where, apple_status=status), tone, part_of=total)
            for status, tone in STATUSES.items()
        ]
    )


def state_rows(devices: DeviceCounts) -> list[BarRow]:
    """Devices by how far what is wanted of them has come; states in which there is none are left out."""
    rows = [
        Row(state.label, devices.by_state.get(state, 0), _devices(state=state), tone, part_of=devices.total)
        for state, tone in STATES.items()
        if devices.by_state.get(state) or state in ALWAYS_TOLD
    ]
    return bar_rows(rows)


def profile_rows(profiles: ProfileCounts, total: int, *, names_tokens: bool) -> list[BarRow]:
    """Devices by the profile that is wanted of them; what is left comes after them."""
    rows = [
        Row(
            profile.name,
            count,
            _devices(profile=profile.pk),
            "success",
            note=profile.token.name if names_tokens else "",
            part_of=total,
        )
        for profile, count in profiles.most
    ]
    if profiles.other_profiles:
        name = ngettext("%(many)s other profile", "%(many)s other profiles", profiles.other_profiles)
        name = name % {"many": intcomma(profiles.other_profiles)}
        link = reverse("profile-list")
        rows.append(Row(name, profiles.other_devices, link, "success", part_of=total, is_several=True))
    rows.append(Row(_("No profile"), profiles.no_profile_wanted, _devices(wish="none"), "neutral", part_of=total))
    rows.append(Row(_("Nothing said"), profiles.nothing_said, _devices(wish="nothing"), "neutral", part_of=total))
    return bar_rows(rows)


def health_rows(tokens: TokenCounts) -> list[BarRow]:
    """Tokens by how they are, the worst first."""
    link = reverse("token-list")
    return bar_rows(
        [
            Row(health.label, tokens.by_health[health], f"{link}?health={health}", tone, part_of=tokens.total)
            for health, tone in HEALTHS.items()
        ]
    )
