"""One answer for each question, whoever is asked."""

import gzip
import tracemalloc

import pytest

from enrollment.apple import apps_and_books, client
from enrollment.apple.errors import NotUnderstood
from enrollment.apple.session import MemorySessionStore
from enrollment.http import NoRedirects
from tests.apple.a_server import a_server
from tests.cast import credentials

MEGABYTE = 1024 * 1024


@pytest.fixture
def said():
    with a_server() as server:
        yield server


@pytest.mark.parametrize("to", ["/elsewhere", "http://[", "http://\xff\xfe.example", ""])
def test_a_redirect_is_an_answer_of_which_nothing_is_read_before_somebody_asks(said, to):
    said.say(b"moved", status=302, Location=to)
    with NoRedirects() as session, session.get(said.url, stream=True) as answer:
        assert (answer.status_code, answer.next, answer.raw.tell()) == (302, None, 0)
        assert answer.content == b"moved"
    assert len(said.asked) == 1


def device_assignment(url):
    store = MemorySessionStore()
    store.save("a session")
    with client.Client(url, credentials(), store, timeout=(2, 2)) as one:
        one.account()


def licences(url):
    with apps_and_books.AppsAndBooks("a token", url, timeout=(2, 2)) as one:
        one.client_config()


@pytest.mark.parametrize(
    ("ask", "bound"), [(device_assignment, client.LARGEST_ANSWER), (licences, apps_and_books.LARGEST_ANSWER)]
)
def test_of_a_redirect_no_more_is_kept_than_of_any_other_answer(said, ask, bound):
    """A small one may unpack to more than this machine has."""
    said.say(gzip.compress(bytes(4 * bound)), status=302, Location="/elsewhere", Content_Encoding="gzip")
    tracemalloc.start()
    try:
        with pytest.raises(NotUnderstood):
            ask(said.url)
        assert tracemalloc.get_traced_memory()[1] < bound + 8 * MEGABYTE
    finally:
        tracemalloc.stop()
