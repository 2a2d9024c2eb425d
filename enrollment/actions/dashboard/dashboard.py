from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from enrollment.actions.dashboard.count_devices import DeviceCounts, count_devices
from enrollment.actions.dashboard.count_licences import count_licences
from enrollment.actions.dashboard.count_profiles import ProfileCounts, count_profiles
from enrollment.actions.dashboard.count_syncs import SyncDay, count_syncs
from enrollment.actions.dashboard.count_tokens import TokenCounts, count_tokens
from enrollment.actions.warnings.expiries import Expiry, expiries
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Permission, Person, VppToken
from enrollment.models.day_filter import end_of
from enrollment.models.licence_stock import Stock
from enrollment.permissions import may

AHEAD = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """All that is to be seen at one glance (DASH-1); None is what the person's roles do not show."""

    at: datetime
    warnings: list[StandingWarning]  # the worst first, snoozed ones left out
    tokens: TokenCounts | None
    devices: DeviceCounts | None
    profiles: ProfileCounts | None
    expiries: list[Expiry]
    syncs: list[SyncDay] | None
    licences: list[tuple[VppToken, Stock]] | None  # of the Company Portal


def dashboard(person: Person, warnings: Sequence[StandingWarning]) -> Dashboard:
    """What the person sees of it all; `warnings` are the `current_warnings` of the same person."""
    reads_tokens, reads_devices = (may(person, one) for one in (Permission.READ_TOKEN, Permission.READ_DEVICE))
    devices = count_devices(person) if reads_devices else None
    return Dashboard(
        at=timezone.now(),
        warnings=[warning for warning in warnings if not warning.is_snoozed],
        tokens=count_tokens(person, warnings) if reads_tokens else None,
        devices=devices,
        profiles=count_profiles(devices) if devices and may(person, Permission.READ_PROFILE) else None,
        expiries=expiries(person, end_of(timezone.localdate() + AHEAD)),
        syncs=count_syncs(person) if reads_tokens else None,
        licences=count_licences(person) if reads_tokens else None,
    )
