"""What templates ask for: icons, statuses, stored sentences, links that keep the filters."""

import json
from datetime import timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from enrollment.models import (
    AppleProfileStatus,
    AssignmentState,
    Health,
    Result,
    Severity,
    SyncRun,
    SyncStatus,
    TokenStatus,
    labelled,
)
from enrollment.models.audit_actions import action_in_words

register = template.Library()

# Our own drawings on a grid of 24, as the insides of an <svg>; strokes take the colour of the text.
ICONS = {
    "home": '<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>',
    "device": '<rect x="6" y="2.500" width="12" height="19" rx="2.500"/><path d="M10.500 18.500h3"/>',
    "token": '<circle cx="8" cy="15" r="4.500"/><path d="M11.500 11.500L20 3m-4 4l3 3"/>',
    "profile": '<rect x="4" y="3" width="16" height="18" rx="2"/><path d="M8 8h8M8 12h8M8 16h5"/>',
    "activity": '<path d="M3 12h4l3-8 4 16 3-8h4"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3.500 7l8.500 6 8.500-6"/>',
    "search": '<circle cx="11" cy="11" r="6.500"/><path d="M16 16l5 5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "sync": '<path d="M20 11a8 8 0 0 0-14-4L4 9m0-5v5h5M4 13a8 8 0 0 0 14 4l2-2m0 5v-5h-5"/>',
    "check": '<path d="M5 13l4.500 4.500L19 7"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "download": '<path d="M12 4v11m-4.500-4.500L12 15l4.500-4.500M4 19h16"/>',
    "upload": '<path d="M12 15V4M7.500 8.500L12 4l4.500 4.500M4 19h16"/>',
    "warning": '<path d="M12 3.500L22 20H2z"/><path d="M12 10v4.500m0 2.600v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500m0-9v.1"/>',
    # The severities by their own names: each has its shape, whatever its colour; "warning" stands above.
    "notice": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500m0-9v.1"/>',
    "unhealthy": '<path d="M8 2.500h8l5.500 5.500v8L16 21.500H8L2.500 16V8zM9 9l6 6M15 9l-6 6"/>',
    "healthy": '<circle cx="12" cy="12" r="9"/><path d="M8 12.500l3 3 5.500-6.500"/>',
    "bell": '<path d="M5 17.500c1.500-1.500 1.500-3.500 1.500-7a5.500 5.500 0 0 1 11 0c0 3.500 0 5.500 1.500 7zM10 20.500h4"/>',
    "snoozed": '<path d="M5 17.500c1.500-1.500 1.500-3.500 1.500-7a5.500 5.500 0 0 1 11 0c0 3.500 0 5.500 1.500 7zM10 20.500h4M4 3.500l16 17"/>',
    "channel": '<path d="M4 10v4h3l7 4.500v-13L7 10zM17.500 9a4 4 0 0 1 0 6M7.500 14l1.500 6h3l-1.200-4"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3m3 0l-1 13H7L6 7"/>',
    "edit": '<path d="M4 20l1-4L16 5l3 3L8 19zM13.500 7.500l3 3"/>',
    "star": '<path d="M12 3.500l2.600 5.600 6 .7-4.500 4.100 1.200 6-5.300-3-5.300 3 1.200-6L3.400 9.800l6-.7z"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c1-4 4-6 7.500-6s6.500 2 7.500 6"/>',
    "leave": '<path d="M10 4H5v16h5m4-12l4 4-4 4m4-4H9"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2v3m0 14v3M2 12h3m14 0h3M5 5l2 2m10 10l2 2M19 5l-2 2M7 17l-2 2"/>',
    "moon": '<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z"/>',
    "screen": '<rect x="3" y="4" width="18" height="13" rx="2"/><path d="M8 21h8m-4-4v4"/>',
    "copy": '<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V4H4v12h4"/>',
    "theatre": '<path d="M3 5c4 2 8 2 12 0v6c0 4-2.500 6.500-6 8-3.500-1.500-6-4-6-8zM15 9c2 .7 4 .7 6 0v4c0 3.500-2 5.500-5 7"/>'
    '<path d="M6.500 10h1.500m3 0h1.500M7 14c1.500 1 3 1 4.500 0"/>',
    "next": '<path d="M9 5l7 7-7 7"/>',
    "previous": '<path d="M15 5l-7 7 7 7"/>',
    "calendar": '<rect x="3.500" y="5" width="17" height="16" rx="2"/><path d="M3.500 10h17M8 2.500V7m8-4.500V7M8 14h.01M12 14h.01M16 14h.01M8 17.500h.01M12 17.500h.01"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.500l3.500 2"/>',
    "passkey": '<circle cx="8" cy="8.500" r="4.500"/><path d="M11.200 11.700l8.800 8.800M16.500 17l-2.300 2.300M19.500 20l1.500-1.500"/>',
    "tag": '<path d="M3.500 3.500h8l9 9-8 8-9-9z"/><circle cx="8" cy="8" r="1.300"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "eye": '<path d="M2 12c4-7 16-7 20 0-4 7-16 7-20 0z"/><circle cx="12" cy="12" r="3"/>',
    "barcode": '<path d="M4 5v14M7.500 5v14M10 5v14M13.500 5v14M15.500 5v14M18 5v14M20.500 5v14"/>',
    "doctor": '<path d="M6 3v5a4 4 0 0 0 8 0V3M10 12v3a5 5 0 0 0 10 0v-1"/><circle cx="20" cy="11.500" r="2"/>',
    "transfer": '<path d="M4 8h15m-4-4l4 4-4 4M20 16H5m4-4l-4 4 4 4"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c-5 5-5 13 0 18 5-5 5-13 0-18z"/>',
    "wifi": '<path d="M3 9c5-5 13-5 18 0M6 13c3.500-3.500 8.500-3.500 12 0M9 16.500c2-2 4-2 6 0M12 20h.01"/>',
    "shield": '<path d="M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "compare": '<path d="M12 3v18M4 7h4M4 12h4M4 17h4M16 7h4M16 12h4M16 17h4"/>',
    "columns": '<rect x="3" y="4.500" width="18" height="15" rx="2"/><path d="M9 4.500v15M15 4.500v15"/>',
    "up": '<path d="M12 19V5m-5 5l5-5 5 5"/>',
    "down": '<path d="M12 5v14m-5-5l5 5 5-5"/>',
    "book": '<path d="M12 6.500C10 4.700 7 4 3.500 4.500v14c3.500-.5 6.500.2 8.500 2 2-1.800 5-2.500 8.500-2v-14C17 4 14 4.700 12 6.500zm0 0v14"/>',
    "power": '<path d="M12 3v9M7 6a8 8 0 1 0 10 0"/>',
    "people": '<circle cx="9" cy="8" r="3.500"/><path d="M2.500 19.500c.8-3.500 3.300-5.500 6.500-5.500s5.700 2 6.500 5.500M15.500 4.900a3.500 3.500 0 0 1 0 6.200m2.500 3.400c1.800.9 3 2.600 3.500 5"/>',
    "gauge": '<path d="M4.500 18a9 9 0 1 1 15 0M12 14l4-5"/><circle cx="12" cy="14" r="1.500"/>',
    "file": '<path d="M6 2.500h8l5 5v14H6zM14 2.500v5h5"/>',
    "rule": '<path d="M4 6h9M4 12h6M4 18h9M16 8l4 4-4 4"/>',
    "drag": '<path d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01"/>',
    "apple": '<path d="M12 8c-3-2.500-8-1-8 4.500 0 4 3 8.500 5.500 8.500 1 0 1.500-.5 2.500-.5s1.500.5 2.500.5c2.500 0 5.500-4.500 5.500-8.500C20 7 15 5.500 12 8zm0 0c0-2.500.8-4.300 2.500-5.500"/>',
}

# A word for each state comes from the model; here is the colour beside it.
TONES: dict[str, str] = {
    TokenStatus.ACTIVE: "success",
    TokenStatus.EXPIRES_SOON: "warning",
    TokenStatus.EXPIRED: "error",
    TokenStatus.REJECTED: "error",
    TokenStatus.TERMS_NOT_SIGNED: "error",
    TokenStatus.UNREACHABLE: "warning",
    TokenStatus.NOT_VERIFIED: "neutral",
    AssignmentState.NOTHING_WANTED: "neutral",
    AssignmentState.WAITING: "info moving",
    AssignmentState.SENT: "info moving",
    AssignmentState.CONFIRMED: "success",
    AssignmentState.THROTTLED: "warning",
    AssignmentState.FAILED: "error",
    AssignmentState.NOT_ACCESSIBLE: "error",
    AssignmentState.DRIFTED: "warning",
    SyncStatus.QUEUED: "info moving",
    SyncStatus.RUNNING: "info moving",
    SyncStatus.DONE: "success",
    SyncStatus.TIMED_OUT: "warning",
    AppleProfileStatus.EMPTY: "neutral",
    AppleProfileStatus.ASSIGNED: "info",
    AppleProfileStatus.PUSHED: "success",
    AppleProfileStatus.REMOVED: "neutral",
    Result.SUCCESS: "success",
    Result.ALREADY: "success",
    Result.NOT_SUPPORTED: "error",
    Result.ORG_NOT_SUPPORTED: "error",
    Severity.NOTICE: "info",
    Severity.WARNING: "warning",
    Severity.UNHEALTHY: "error",
    Health.HEALTHY: "success",
    "told": "success",
    "pending": "info moving",
    "ok": "success",
    "note": "info",
    "problem": "error",
    "unknown": "neutral",
}
_WORDS = {
    value: label
    for choices in (TokenStatus, AssignmentState, SyncStatus, AppleProfileStatus, Health)
    for value, label in choices.choices
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of our drawings; decorative, so silent for screen readers."""
    return mark_safe(  # noqa: S308 - our own constants
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{ICONS[name]}</svg>'
    )


@register.simple_tag
def status(value: str) -> SafeString:
    """A coloured dot and its word."""
    return format_html('<span class="status {}">{}</span>', TONES.get(value, "neutral"), _WORDS.get(value, value))


@register.simple_tag
def colon() -> str:
    """Between a label and its value."""
    return labelled.colon()


@register.filter
def tone(value: str) -> str:
    """The colour of a state."""
    return TONES.get(value, "neutral")


@register.filter
def say(sentence: str, details: dict[str, Any] | None = None) -> str:
    """A stored sentence in the reader's language, its places filled in; missing places stay empty."""
    if not sentence:
        return ""
    return gettext(sentence) % _Forgiving(details or {})


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@register.filter
def share(part: int | None, whole: int | None) -> int:
    """Percent, for pictures; 0 of nothing."""
    return round(100 * (part or 0) / whole) if whole else 0


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """An item by a key that is only known in the template."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def unlocalised(number: float) -> str:
    """A number for SVG, which knows no decimal commas."""
    return f"{number:g}"


@register.filter
def as_json(value: Any) -> str:
    """Laid out for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@register.filter
def duration(run: SyncRun) -> str:
    """How long a run took, as minutes and seconds."""
    seconds = round((run.finished_at - run.started_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def minutes(span: timedelta) -> int:
    """A span of time in whole minutes."""
    return span // timedelta(minutes=1)


@register.filter
def hours(span: timedelta) -> int:
    """A span of time in whole hours."""
    return span // timedelta(hours=1)


register.filter(action_in_words)
