from typing import Any

from enrollment.models import AuditEntry, Person


def note_sign_in(what: str, person: Person, **details: Any) -> None:
    """What somebody did with their own account: "signed_in", "password_changed", "factor_added" …"""
    AuditEntry.record(f"person.{what}", person, by=person, **details)
