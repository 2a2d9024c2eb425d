"""Faults on demand: each for the next N matching requests, or until it is switched off."""

import threading
from dataclasses import dataclass
from typing import Any

# Apple's refusals of a profile, whatever is in it.
PROFILE_REFUSALS = (
    "config_name_invalid",
    "config_url_invalid",
    "department_invalid",
    "magic_invalid",
    "support_phone_invalid",
    "support_email_invalid",
    "flags_invalid",
    "locale_invalid",
)
# Refusals of Apple's, word for word: at every call, and at /session alone (apple-protocols.md 2.4).
REFUSALS: dict[str, tuple[int, str]] = {
    "access_denied": (403, "ACCESS_DENIED"),
    "user_agent_missing": (400, "USER_AGENT_MISSING"),
    "user_agent_invalid": (400, "USER_AGENT_INVALID"),
    "redirected": (302, ""),
    "method_refused": (405, ""),
}
SESSION_REFUSALS: dict[str, tuple[int, str]] = {
    "terms_before_session": (403, "T_C_NOT_SIGNED"),
    "token_rejected": (401, "token_rejectedUnauthorized"),
    "token_expired": (401, "token_expiredUnauthorized"),
    "token_expired_forbidden": (403, "token_expiredForbidden"),
    "oauth_refused": (401, "oauth_problem_adviceUnauthorized"),
    "oauth_not_understood": (400, "oauth_problem_adviceBad Request"),
    "message_format_error": (400, "message_format_error"),
}
# Refusals of Apps and Books: status, errorNumber and errorMessage (apple-protocols.md section 8).
CONTENT_REFUSALS: dict[str, tuple[int, int, str]] = {
    "content_login_required": (401, 9601, "Login required"),
    "content_token_expired": (401, 9621, "The content token has expired"),
    "content_token_invalid": (401, 9622, "The content token is invalid"),
    "content_token_revoked": (401, 9625, "The content token was revoked"),
    "content_facilitator_token": (403, 9637, "A facilitator token cannot be used"),
    "content_service_gone": (410, 9634, "The service is gone"),
    "content_too_many_requests": (429, 9646, "Too many requests"),
    "content_internal_error": (500, 9603, "Internal error"),
    "content_unavailable": (503, 9729, "The service is temporarily unavailable"),
    "content_bad_argument": (400, 9602, "An argument is invalid"),
    "content_bad_page": (400, 9650, "The page index is invalid"),
}
# What can go wrong, as the portal lists it.
KINDS = (
    "429",
    "500",
    "503",
    "slow",
    "hang_up",
    "truncated_json",
    "quoted_errors",
    "more_as_string",
    "same_cursor",
    "expired_cursor",
    "invalid_cursor",
    "exhausted_cursor",
    "session_expired",
    "session_forbidden",
    "terms_after_session",
    "failed_serials",
    "throttled_serials",
    "not_accessible_serials",
    *REFUSALS,
    *SESSION_REFUSALS,
    *PROFILE_REFUSALS,
    "content_errors_as_200",
    "content_version_moves",
    "content_same_page",
    *CONTENT_REFUSALS,
)


@dataclass
class Fault:
    """`times` None: until switched off; `path` narrows it to an endpoint; `after` requests pass first."""

    kind: str
    times: int | None = None
    path: str = ""
    after: int = 0
    retry_after: int | None = None
    seconds: float = 30.0
    serials: tuple[str, ...] = ()


class Faults:
    """The faults that are on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Fault] = []

    def add(self, kind: str, times: int | None = None, **how: Any) -> Fault:
        """ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(kind)
        if "serials" in how:
            how["serials"] = tuple(how["serials"])
        fault = Fault(kind, times, **how)
        with self._lock:
            self._on.append(fault)
        return fault

    def clear(self, kind: str | None = None) -> None:
        with self._lock:
            self._on = [fault for fault in self._on if kind is not None and fault.kind != kind]

    def listed(self) -> list[Fault]:
        with self._lock:
            return list(self._on)

    def take(self, kind: str, path: str) -> Fault | None:
        """The fault of this kind that strikes this request, counted down."""
        with self._lock:
            for fault in self._on:
                if fault.kind == kind and fault.path in path:
                    return self._strike(fault)
        return None

    def _strike(self, fault: Fault) -> Fault | None:
        if fault.after > 0:
            fault.after -= 1
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._on.remove(fault)
        return fault
