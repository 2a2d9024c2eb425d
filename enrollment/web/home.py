from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.actions.dashboard.count_licences import SHOWN as LICENCES_SHOWN
from enrollment.actions.dashboard.dashboard import Dashboard, dashboard
from enrollment.models import AuditEntry, Permission, Severity
from enrollment.models.audit_words import told
from enrollment.permissions import may
from enrollment.web.dashboard_rows import health_rows, profile_rows, state_rows, status_rows
from enrollment.web.pictures.sync_picture import sync_picture
from enrollment.web.pictures.time_line import left_in_words, time_line
from enrollment.web.standing import standing_warnings

WARNINGS_SHOWN = 6
EXPIRIES_SHOWN = 5
EXPIRIES_IN_TABLE = 200
ENTRIES_SHOWN = 5


def home(request: HttpRequest) -> HttpResponse:
    """The dashboard (DASH-1): what needs attention, and pictures of all that the person's roles show."""
    person = request.user
    seen = dashboard(person, standing_warnings(request))
    entries = AuditEntry.objects.visible_to(person) if may(person, Permission.READ_AUDIT) else AuditEntry.objects.none()
    shows_nothing = seen.tokens is None and seen.devices is None
    has_no_token = seen.tokens is not None and not seen.tokens.total
    values = {
        "section": "home",
        "seen": seen,
        "shows_nothing": shows_nothing,
        "has_no_token": has_no_token,
        "has_pictures": not (shows_nothing or has_no_token),
        "may_create": may(person, Permission.CREATE_TOKEN),
        "entries": told(entries[:ENTRIES_SHOWN], person),
        **_attention(seen),
        **_device_pictures(seen),
        **_token_pictures(seen),
    }
    return render(request, "enrollment/home/home.html", values)


def _attention(seen: Dashboard) -> dict[str, Any]:
    notices = sum(warning.severity == Severity.NOTICE for warning in seen.warnings)
    return {
        "warnings": seen.warnings[:WARNINGS_SHOWN],
        "warning_count": len(seen.warnings) - notices,
        "notice_count": notices,
    }


def _device_pictures(seen: Dashboard) -> dict[str, Any]:
    devices, profiles = seen.devices, seen.profiles
    if devices is None:
        return {}
    several = seen.tokens is not None and seen.tokens.total > 1
    return {
        "by_status": status_rows(devices.by_status),
        "by_state": state_rows(devices),
        "by_profile": profile_rows(profiles, devices.total, names_tokens=several) if profiles else [],
    }


def _token_pictures(seen: Dashboard) -> dict[str, Any]:
    by_token = seen.devices.by_token if seen.devices else {}
    next_first = [(expiry, left_in_words(expiry)) for expiry in seen.expiries[:EXPIRIES_IN_TABLE]]
    return {
        "by_health": health_rows(seen.tokens) if seen.tokens else [],
        "first_tokens": [
            (token, health, by_token.get(token.pk, 0)) for token, health in (seen.tokens.first if seen.tokens else ())
        ],
        "line": time_line(seen.expiries) if seen.expiries else None,
        "next_expiries": next_first[:EXPIRIES_SHOWN],
        "told_expiries": next_first,
        "licences": (seen.licences or [])[:LICENCES_SHOWN],
        "syncs": sync_picture(seen.syncs) if seen.syncs else None,
    }
