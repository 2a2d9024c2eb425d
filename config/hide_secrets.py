"""What looks like a secret leaves no process by its log, whoever put it there: the last of several guards."""

import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "[hidden]"
# A letter, digit, hyphen or underscore as addresses may write it, if need be more than once: %5F, %255F.
_ENCODED = r"%(?:25)*(?:2d|3\d|[46][1-9a-f]|[57][\da]|5f)"
_OURS = "".join(f"(?:{letter}|%(?:25)*{ord(letter):x})" for letter in "pomona_")
_SECRET = re.compile(
    rf"{_OURS}(?:[\w-]|{_ENCODED}){{8,}}"  # our API keys, and the addresses calendars read
    r"|\b(?:CS|AT|AS)_\w{16,}"  # consumer secret, access token and access secret, as Apple writes them
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bwhsec_[\w+/=]{16,}"  # what signs webhooks
    r"|(?<=hooks\.slack\.com/)[\w/-]{16,}|(?<=[?&]sig=)[\w%-]{16,}"  # addresses of chats, which let anybody write there
    r"|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|(?<=oauth_signature=)\"?[\w%+/=]+",
    re.DOTALL | re.IGNORECASE,
)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog, before the renderer."""
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp":
            event[name] = without_secrets(value)
    return event


def without_secrets(text: str) -> str:
    return _SECRET.sub(HIDDEN, text)
