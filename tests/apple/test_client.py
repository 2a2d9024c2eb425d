"""The client of device assignment against answers no Apple should give."""

import json

import pytest

from enrollment.apple.client import Client
from enrollment.apple.errors import AppleError, Unreachable
from enrollment.apple.session import MemorySessionStore
from tests.apple.a_server import a_server
from tests.cast import credentials


@pytest.fixture
def said():
    with a_server() as server:
        yield server


@pytest.fixture
def client(said):
    store = MemorySessionStore()
    store.save("a session")
    with Client(said.url, credentials(), store, timeout=(2, 2)) as client:
        yield client


@pytest.mark.parametrize("to", ["http://[", "http://\xff\xfe.example", "//[::1", "elsewhere"])
def test_a_redirect_to_what_is_no_address_is_an_answer_like_any_other(client, said, to):
    said.say(b"", status=302, Location=to)
    for ask in (client.account, client.session):
        with pytest.raises(AppleError):
            ask()


def test_what_was_beneath_does_not_hang_on_the_error(client, said):
    said.say(b"not packed", Content_Encoding="gzip")
    with pytest.raises(Unreachable) as refused:
        client.account()
    assert refused.value.__context__ is None, "it would hold the request with the session in its header"
    assert refused.value.details["reason"] == "ContentDecodingError"


def test_a_session_that_rotates_is_kept_whatever_else_is_wrong(said):
    store = MemorySessionStore()
    store.save("old")
    said.say(json.dumps({"server_name": "Orchard"}).encode(), X_ADM_Auth_Session="new")
    with Client(said.url, credentials(), store, timeout=(2, 2)) as client:
        client.account()
    assert store.load() == "new"
