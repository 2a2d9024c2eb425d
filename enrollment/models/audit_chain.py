"""How entries of the audit log vouch for one another: each has a mark of its own, and a hash that holds the one before.

Both are made with a key that the database alone does not tell: who changes a row cannot make it fit again.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# Under these names for ever: what is sealed is read again in years.
TOLD = (
    "at",
    "person_id",
    "who",
    "origin",
    "key_name",
    "action",
    "object_type",
    "object_id",
    "object_name",
    "token_id",
    "before",
    "after",
    "result",
)


def canonical(values: Mapping[str, Any]) -> bytes:
    """What an entry says, in the one way it is written for marks and hashes, whatever database it comes from."""
    said = {name: values[name] for name in TOLD}
    said["at"] = _moment(said["at"])
    return json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def mark_of(key: bytes, text: bytes) -> str:
    """Of a canonical entry, made when it is written: a changed one is known even before it is sealed."""
    return _hmac(key, b"entry", text)


def link_of(key: bytes, before: str, mark: str, text: bytes) -> str:
    """The chain hash of a canonical entry behind the one whose chain hash is `before`; "" before the first one."""
    return _hmac(key, b"link", before.encode(), mark.encode(), text)


def mark_of_head(key: bytes, *told: str | int) -> str:
    """Vouches for what is known of the two ends of the chain."""
    return _hmac(key, b"head", *(str(one).encode() for one in told))


def is_same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _hmac(key: bytes, *parts: bytes) -> str:
    # Parts are told apart by their lengths: no two different lists of parts are the same text.
    text = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(key, text, hashlib.sha256).hexdigest()
