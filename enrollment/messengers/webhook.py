"""Warnings for programs: JSON, signed as Standard Webhooks say (https://www.standardwebhooks.com, version 1.0.0)."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from enrollment.messengers.addresses import Network
from enrollment.messengers.message import Item, Message
from enrollment.messengers.post import post

PREFIX = "whsec_"
SECRET_BYTES = 32
MOST = 25  # warnings in one message, so that it stays small


def new_secret() -> str:
    """What signs messages; it is shown once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def send(message: Message, url: str, signed_with: Sequence[str], *, allowed: Sequence[Network] = ()) -> None:
    """Deliver it, signed with each of these secrets; NotDelivered unless it was taken."""
    body = json.dumps(content(message), ensure_ascii=False, separators=(",", ":")).encode()
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Pomona",
        "Webhook-Id": message.id,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": " ".join(signature(secret, message.id, at, body) for secret in signed_with),
    }
    post(url, body, headers, allowed=allowed)


def signature(secret: str, id_: str, at: int, body: bytes) -> str:
    """Of the id, the time and the body, by one secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def content(message: Message) -> dict[str, Any]:
    """The body, as docs/channels.md describes it."""
    return {
        "type": message.kind,
        "timestamp": _time(message.made_at),
        "data": {
            "language": message.language,
            "subject": message.subject,
            "count": message.count,
            "url": message.link,
            "warnings": [_item(item) for item in message.shown(MOST)],
        },
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "condition": item.condition,
        "severity": item.severity,
        "step": item.step,
        "since": _time(item.since) if item.since else None,
        "sentence": item.sentence,
        "remedy": item.remedy,
        "url": item.link,
        "about": dict(item.about) if item.about else None,
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
