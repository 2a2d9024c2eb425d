"""Warnings in a Slack channel, by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)."""

import json
from collections.abc import Sequence
from typing import Any

from enrollment.messengers.addresses import Network
from enrollment.messengers.message import Item, Message
from enrollment.messengers.post import post

MOST = 20  # warnings in one message: Slack takes 50 blocks, and not too much text in all of them together
LONGEST = 600  # characters of one text
SIGNS = {"unhealthy": "⛔", "warning": "⚠️", "notice": "ℹ️"}


def send(message: Message, url: str, *, allowed: Sequence[Network] = ()) -> None:
    """Deliver it; NotDelivered unless Slack took it."""
    body = json.dumps(content(message), ensure_ascii=False).encode()
    post(url, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Pomona"}, allowed=allowed)


def content(message: Message) -> dict[str, Any]:
    """Blocks, and the same in one line for notifications and screen readers."""
    blocks = [_section(f"*{escaped(message.subject)}*")]
    blocks += [_section(_item(item)) for item in message.shown(MOST)]
    more = message.more(MOST)
    last = " · ".join(filter(None, (escaped(more), _link(message.link, message.link_text), escaped(message.footer))))
    blocks.append({"type": "context", "elements": [_text(last)]})
    return {"text": escaped(message.subject), "blocks": blocks}


def escaped(text: str) -> str:
    """What Slack would take for a command, a mention or a link is only text."""
    return text[:LONGEST].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _item(item: Item) -> str:
    sign = SIGNS.get(item.severity, "")
    return (
        f"{sign} *{escaped(item.severity_word)}* · {_link(item.link, item.sentence)}\n{escaped(item.remedy)}"
    ).strip()


def _link(address: str, text: str) -> str:
    # A bar would end the address.
    return f"<{escaped(address).replace('|', '%7C')}|{escaped(text)}>"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text)}


def _text(text: str) -> dict[str, Any]:
    # Verbatim: names and addresses in a text are not made into links.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
