from typing import Any

from enrollment.apple.assets import ClientConfig
from enrollment.models import AuditEntry, Person, VppToken

# Whatever was wrong is over.
WELL: dict[str, Any] = {
    "failures": 0,
    "rejected_at": None,
    "unreachable_since": None,
    "trouble_sentence": "",
    "trouble_advice": "",
    "trouble_details": {},
}
_TEXTS = ("location_name", "country", "uid", "managed_by")
_LONGEST: dict[str, int] = {name: getattr(VppToken._meta.get_field(name), "max_length", 0) for name in _TEXTS}


def location_columns(said: ClientConfig) -> dict[str, Any]:
    """What a VPP token keeps of Apple's answer; its end only when Apple tells it."""
    managed_by = said.mdm_info.name or said.mdm_info.id
    texts = {"location_name": said.location_name, "country": said.country, "uid": said.uid, "managed_by": managed_by}
    kept: dict[str, Any] = {name: text[: _LONGEST[name]] for name, text in texts.items()}
    return kept | ({"expires_at": said.expires_at} if said.expires_at else {})


def note_location(token: VppToken, said: ClientConfig, *, by: Person | None, **more: Any) -> bool:
    """End a reading that Apple answered. False, and nothing is written, when it is not ours any more.

    `more` are columns besides; what Apple tells anew of the location is recorded.
    """
    told = location_columns(said)
    changed = {name: value for name, value in told.items() if getattr(token, name) != value}
    before = {_called(name): _plain(getattr(token, name)) for name in changed}
    if not token.end_reading(**told, **more, **WELL):
        return False
    if changed:
        after: dict[str, Any] = {_called(name): _plain(value) for name, value in changed.items()}
        AuditEntry.record("vpp_token.verified", token, by=by, before=before, **after)
    return True


def _called(column: str) -> str:
    return "expires" if column == "expires_at" else column


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())
