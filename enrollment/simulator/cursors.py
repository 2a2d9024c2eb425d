"""Opaque cursors: unpadded base64 of where a client stands, and since when."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIVES = timedelta(days=7)


@dataclass(frozen=True)
class Cursor:
    """`phase`: f(etching), e(nd of the fetch) or s(yncing); the last device served, and the place in the journal."""

    phase: str
    sequence: int
    position: int
    issued: datetime

    def encode(self) -> str:
        said = f"{self.phase}:{self.sequence}:{self.position}:{int(self.issued.timestamp() * 1000)}"
        return base64.b64encode(said.encode()).decode().rstrip("=")

    def has_expired(self, now: datetime) -> bool:
        return now - self.issued > LIVES


def decode(said: object) -> Cursor | None:
    """None for what we never gave."""
    if not isinstance(said, str):
        return None
    try:
        plain = base64.b64decode(said + "=" * (-len(said) % 4), validate=True).decode()
        phase, sequence, position, issued = plain.split(":")
        at = datetime.fromtimestamp(int(issued) / 1000, UTC)
        return Cursor(phase, int(sequence), int(position), at) if phase in ("f", "e", "s") else None
    except (ValueError, binascii.Error, OverflowError):
        return None
