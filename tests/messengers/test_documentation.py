"""docs/channels.md: what it shows is what is sent, and its example works."""

import json
import re
from pathlib import Path

import pytest
import time_machine

from enrollment import limits
from enrollment.messengers import webhook
from enrollment.messengers.addresses import networks
from tests.messengers.test_formats import NOW, a_message, an_item
from tests.receivers import Receiver

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "channels.md").read_text()


@pytest.fixture
def is_ours():
    code = re.search(r"<!-- check a signature -->\n```python\n(.*?)```", TEXT, re.DOTALL)[1]
    names = {}
    exec(code, names)
    return names["is_ours"]


def test_the_example_knows_our_messages_from_others(is_ours):
    secret, before = webhook.new_secret(), webhook.new_secret()
    with Receiver() as receiver, time_machine.travel(NOW, tick=False) as clock:
        webhook.send(a_message(an_item()), receiver.url, [secret, before], allowed=networks(["127.0.0.1/32"]))
        (request,) = receiver.requests
        assert is_ours(request.headers, request.body, secret)
        assert is_ours(request.headers, request.body, before)
        assert not is_ours(request.headers, request.body, webhook.new_secret())
        assert not is_ours(request.headers, request.body + b" ", secret)
        assert not is_ours({**request.headers, "webhook-id": "another"}, request.body, secret)
        clock.shift(301)
        assert not is_ours(request.headers, request.body, secret)


def test_the_body_it_shows_has_the_fields_that_are_sent():
    shown = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])
    sent = webhook.content(a_message(an_item()))
    assert shown.keys() == sent.keys()
    assert shown["data"].keys() == sent["data"].keys()
    assert shown["data"]["warnings"][0].keys() == sent["data"]["warnings"][0].keys()
    assert f"at most {webhook.MOST}" in TEXT


def test_the_figures_it_tells_are_the_limits():
    words = " ".join(TEXT.split())
    assert f"at most {limits.DELIVERY_PAUSE_MINUTES // 60} hours apart, {limits.DELIVERY_TRIES} times" in words
    assert f"are tried every {limits.DELIVERY_PAUSE_MINUTES // 60} hours" in words
    assert f"Digests** go out at {limits.DIGEST_HOUR} in the morning" in words
    assert f"fails for {limits.CHANNEL_FAILING_FOR.seconds // 60} minutes is a warning" in words
    assert f"comes again {limits.DELIVERY_LEASE.seconds // 60} minutes later" in words
    assert limits.MESSAGES_PER_HOUR == 6
    assert "After six messages within an hour" in words
    assert f"step of a warning ({', '.join(map(str, limits.EXPIRY_WARNING_DAYS[:-1]))} days, …)" in words
