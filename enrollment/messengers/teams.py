"""Warnings in Microsoft Teams: an Adaptive Card for a workflow that is started by a webhook request.

Workflows show cards up to version 1.4 and take 28 KB. Texts are runs of RichTextBlocks, in which nothing is Markdown.
"""

import json
from collections.abc import Sequence
from typing import Any

from enrollment.messengers.addresses import Network
from enrollment.messengers.message import Item, Message
from enrollment.messengers.post import post

MOST = 12  # warnings in one card
LONGEST = 300  # characters of one text
TITLE = 100  # characters of what a tap does
COLOURS = {"unhealthy": "attention", "warning": "warning", "notice": "accent"}


def send(message: Message, url: str, *, allowed: Sequence[Network] = ()) -> None:
    """Deliver it; NotDelivered unless the workflow was started."""
    body = json.dumps(content(message), ensure_ascii=False).encode()
    post(url, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Pomona"}, allowed=allowed)


def content(message: Message) -> dict[str, Any]:
    """The message a workflow expects: one card attached."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": message.subject[:LONGEST],
        "body": [_texts(_run(message.subject, size="large", weight="bolder")), *_items(message)],
        "actions": [{"type": "Action.OpenUrl", "title": message.link_text, "url": message.link}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _items(message: Message) -> list[dict[str, Any]]:
    found = [_item(item) for item in message.shown(MOST)]
    for text in (message.more(MOST), message.footer):
        if text:
            found.append(_texts(_run(text, isSubtle=True)))
    return found


def _item(item: Item) -> dict[str, Any]:
    said = (
        _run(f"{item.severity_word} · ", weight="bolder", color=COLOURS.get(item.severity, "default")),
        _run(item.sentence),
    )
    return {
        "type": "Container",
        "separator": True,
        "spacing": "medium",
        "selectAction": {"type": "Action.OpenUrl", "title": item.sentence[:TITLE], "url": item.link},
        "items": [_texts(*said), _texts(_run(item.remedy, isSubtle=True))],
    }


def _texts(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **looks: Any) -> dict[str, Any]:
    return {"type": "TextRun", "text": text[:LONGEST], **looks}
