"""One answer for each question, whoever is asked."""

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from enrollment.apple import apps_and_books, client
from enrollment.apple.errors import NotUnderstood, TemporarilyUnavailable
from enrollment.apple.session import MemorySessionStore
from enrollment.http import NoRedirects, seconds_to_wait
from tests.apple.a_server import a_server
from tests.cast import credentials

MEGABYTE = 1024 * 1024
MINUTES = timedelta(minutes=5)


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


# --- When to come back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0", 0), ("9" * 5_000, 999_999_999), ("", None), ("soon", None), ("-1", None), ("1.5", None)],
)
def test_it_is_told_in_seconds(said, seconds):
    assert seconds_to_wait(said) == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000", ""])
def test_it_is_told_as_a_time_of_day(zone):
    moment = datetime.now(UTC) + MINUTES
    assert 295 <= (seconds_to_wait(f"{moment:%a, %d %b %Y %H:%M:%S} {zone}".strip()) or 0) <= 300


def test_a_time_that_has_passed_is_now():
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize("ask", [device_assignment, licences])
@pytest.mark.parametrize(
    "at",
    [lambda: "300", lambda: format_datetime(datetime.now(UTC) + MINUTES, usegmt=True)],
    ids=["seconds", "time of day"],
)
def test_apple_may_tell_it_in_either_way_wherever_it_is_asked(said, ask, at):
    said.say(b"", status=503, Retry_After=at())
    with pytest.raises(TemporarilyUnavailable) as refused:
        ask(said.url)
    assert 290 <= (refused.value.retry_after or 0) <= 300
