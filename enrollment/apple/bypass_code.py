"""The code that opens an Activation Lock we asked Apple for (apple-protocols.md 3.6)."""

import hashlib
import secrets

_SYMBOLS = "0123456789ACDEFGHJKLMNPQRTUVWXYZ"
_DASHES_AFTER = (5, 10, 14, 18, 22)
_BYTES = 16


def new_bypass_code() -> bytes:
    """16 random bytes, never to be lost: nobody else can make them again."""
    return secrets.token_bytes(_BYTES)


def escrow_key(code: bytes) -> str:
    """What Apple keeps of it, 64 lower-case hex digits."""
    return hashlib.pbkdf2_hmac("sha256", code, bytes(4), 50_000, 32).hex()


def as_typed(code: bytes) -> str:
    """As a person types it into the device: groups of 5 bits, the last of 3."""
    bits = "".join(f"{byte:08b}" for byte in code)
    symbols = [_SYMBOLS[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5)]
    return "".join(f"{one}-" if place in _DASHES_AFTER else one for place, one in enumerate(symbols, 1))
