"""Serial numbers as people type, paste and scan them."""

import re
import unicodedata

LONGEST = 32  # what Device.serial holds
_SHORTEST = 4
_AROUND = " \t\r\n'\"`´‘’“”«»\u200b\ufeff"
_INSIDE = re.compile(r"[\s\-‐‑‒–—]+")
_SIGNS = re.compile(r"[A-Z0-9]+\Z")


def normalised(text: str) -> str:
    """In capitals, without what surrounds it and without spaces and dashes inside; "" when nothing is left."""
    plain = unicodedata.normalize("NFKC", text.replace("\x00", "")).strip(_AROUND)
    return _INSIDE.sub("", plain).strip(_AROUND).upper()


def is_plausible(serial: str) -> bool:
    """Whether it could be one. Apple promises no length: 8 to 12 and more are seen (apple-protocols.md 3.3)."""
    return _SHORTEST <= len(serial) <= LONGEST and bool(_SIGNS.match(serial))


def without_scan_prefix(serial: str) -> str:
    """Bar codes on boxes begin with an S that is not part of the number: what follows it, "" when nothing could."""
    rest = serial[1:] if serial.startswith("S") else ""
    return rest if is_plausible(rest) else ""
