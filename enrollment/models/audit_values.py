"""What may stand in an audit entry: plain values that every database gives back unchanged, and no secret."""

import re
from collections.abc import Mapping
from typing import Any

# Names whose values are secret, whatever they are.
SECRET_NAMES = re.compile(
    r"passw(or)?d|secret|private_?key|sealed|credential|access_token|bypass|cookie|session_key|hashed|otp|recovery_code"
    r"|token_body|^(api_)?key$",
    re.IGNORECASE,
)
# Values that are secret, whatever their name: our API keys, private keys, and what servers' tokens
# and webhooks are made of.
SECRET_VALUES = re.compile(
    r"pomona_[\w-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\b(CS|AS|AT)_[0-9A-Za-z]{30,}|\bwhsec_[A-Za-z0-9+/=]{30,}|https://hooks\.slack\.com/\S+",
    re.DOTALL,
)
HIDDEN = "•••"


class SecretInAudit(Exception):
    """A verb tells the log something whose name says that it is secret. The verb is wrong."""


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it in every database; SecretInAudit for a secret's name, HIDDEN for what looks like one."""
    return {_name(name): _plain(value) for name, value in values.items()}


def harmless_text(text: str) -> str:
    """Without what no database takes, and without secrets somebody typed."""
    storable = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return SECRET_VALUES.sub(HIDDEN, storable)


def _name(name: Any) -> str:
    if SECRET_NAMES.search(str(name)):
        raise SecretInAudit(name)
    return harmless_text(str(name))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, bytes | bytearray | memoryview):
        raise SecretInAudit("bytes")
    # Numbers with a point as well: databases do not write them alike.
    return harmless_text(str(value))
