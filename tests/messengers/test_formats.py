"""What is sent: JSON that is signed, blocks of Slack, a card of Teams. Nothing of it can be misread."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime

import pytest

from enrollment.messengers import slack, teams, webhook
from enrollment.messengers.addresses import networks
from enrollment.messengers.message import Item, Message
from tests.receivers import Receiver

HERE = networks(["127.0.0.1/32"])
NOW = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)
NASTY = "<!channel> & <https://evil.example|click> *bold* [link](https://evil.example) `x` </script>"


def an_item(number=1, **changes):
    values = {
        "key": f"token_rejected.token-{number}",
        "condition": "token_rejected",
        "severity": "unhealthy",
        "severity_word": "Unhealthy",
        "sentence": f"Apple rejects the token “Shops {number}”.",
        "remedy": "Renew it with a new file.",
        "link": f"https://pomona.example/tokens/{number}/",
        "since": NOW,
        "about": {"type": "token", "id": number, "name": f"Shops {number}"},
    }
    return Item(**{**values, **changes})


def a_message(*items, **changes):
    values = {
        "id": "5a6b0c1e-0000-4000-8000-000000000000",
        "kind": "pomona.warnings",
        "made_at": NOW,
        "language": "en",
        "subject": "Unhealthy: Apple rejects the token “Shops 1”",
        "items": items,
        "count": len(items),
        "link": "https://pomona.example/warnings/",
        "link_text": "Open Pomona",
        "more_text": "and %d more",
    }
    return Message(**{**values, **changes})


def test_the_body_of_a_webhook_is_as_documented():
    assert webhook.content(a_message(an_item())) == {
        "type": "pomona.warnings",
        "timestamp": "2026-06-03T09:30:00Z",
        "data": {
            "language": "en",
            "subject": "Unhealthy: Apple rejects the token “Shops 1”",
            "count": 1,
            "url": "https://pomona.example/warnings/",
            "warnings": [
                {
                    "key": "token_rejected.token-1",
                    "condition": "token_rejected",
                    "severity": "unhealthy",
                    "step": "",
                    "since": "2026-06-03T09:30:00Z",
                    "sentence": "Apple rejects the token “Shops 1”.",
                    "remedy": "Renew it with a new file.",
                    "url": "https://pomona.example/tokens/1/",
                    "about": {"type": "token", "id": 1, "name": "Shops 1"},
                }
            ],
        },
    }


def test_a_webhook_is_signed_as_standard_webhooks_say():
    """The convention's own example, by the words of its text: HMAC-SHA256 of id, time and body, in base64."""
    new, old = webhook.new_secret(), webhook.new_secret()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", new)
    assert new != old
    with Receiver() as receiver:
        webhook.send(a_message(an_item()), f"{receiver.url}/hook", [new, old], allowed=HERE)
    (request,) = receiver.requests
    assert request.headers["webhook-id"] == "5a6b0c1e-0000-4000-8000-000000000000"
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = [
        "v1," + base64.b64encode(hmac.digest(base64.b64decode(one[6:]), signed, hashlib.sha256)).decode()
        for one in (new, old)
    ]
    assert request.headers["webhook-signature"].split(" ") == expected


def test_the_signature_of_the_example_everybody_checks_by():
    secret, id_ = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    body = b'{"test": 2432232314}'
    assert webhook.signature(secret, id_, 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_slack_takes_nothing_in_a_text_for_a_command_or_a_link():
    said = slack.content(a_message(an_item(sentence=NASTY, remedy=NASTY, severity_word=NASTY), subject=NASTY))
    texts = [said["text"], *(one["text"]["text"] for one in said["blocks"][:-1])]
    for text in texts:
        ours = text.replace("<https://pomona.example/tokens/1/|", "").replace("click&gt; *bold*", "")
        assert "<" not in ours
        assert "&lt;!channel&gt; &amp; " in text
    assert all(one["text"]["verbatim"] for one in said["blocks"][:-1])


def test_slack_is_sent_no_more_than_it_takes():
    said = slack.content(a_message(*(an_item(n, sentence="s" * 5_000, remedy="r" * 5_000) for n in range(300))))
    assert len(said["blocks"]) <= 50
    assert all(len(one["text"]["text"]) <= 3_000 for one in said["blocks"][:-1])
    assert "and 280 more" in said["blocks"][-1]["elements"][0]["text"]


def test_a_bar_in_an_address_does_not_end_it():
    said = slack.content(a_message(an_item(link="https://pomona.example/?a|b&c")))
    assert "<https://pomona.example/?a%7Cb&amp;c|" in said["blocks"][1]["text"]["text"]


def test_a_card_of_teams_is_one_that_workflows_show():
    said = teams.content(a_message(an_item()))
    assert said["type"] == "message"
    (attachment,) = said["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open Pomona", "url": "https://pomona.example/warnings/"}
    ]
    assert card["body"][1]["selectAction"]["url"] == "https://pomona.example/tokens/1/"


def test_no_text_of_a_card_is_markdown():
    """TextBlocks understand Markdown, runs of a RichTextBlock do not."""
    written = json.dumps(teams.content(a_message(an_item(sentence=NASTY, remedy=NASTY), subject=NASTY)))
    assert '"TextBlock"' not in written
    assert '"TextRun"' in written


@pytest.mark.parametrize("count", [1, 12, 13, 2_000])
def test_teams_is_sent_no_more_than_28_kilobytes(count):
    items = [an_item(n, sentence="É" * 5_000, remedy="É" * 5_000) for n in range(count)]
    message = a_message(*items, subject="É" * 5_000)
    assert len(json.dumps(teams.content(message), ensure_ascii=False).encode()) <= 28 * 1024
    texts = json.dumps(teams.content(message))
    assert ("more" in texts) == (count > teams.MOST)


def test_a_test_message_says_that_it_is_one():
    message = a_message(kind="pomona.test", subject="Test message from Pomona", footer="This is a test.")
    assert webhook.content(message)["data"]["warnings"] == []
    assert "This is a test." in json.dumps(slack.content(message))
    assert "This is a test." in json.dumps(teams.content(message))
