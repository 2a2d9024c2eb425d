"""The client of Apps and Books over real HTTP: a server that says whatever the test wants, and keeps what was asked."""

import contextlib
import json
import logging
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.apple import apps_and_books_errors as content_errors
from enrollment.apple import errors
from enrollment.apple.apps_and_books import APPS_AND_BOOKS, AppsAndBooks
from enrollment.apple.errors import AppleError
from tests.apple.a_server import a_server

TOKEN = "eyJ0b2tlbiI6ICJhIHNlY3JldCJ9" * 3 + "/+=="
ASSET = {"adamId": "719171358", "pricingParam": "STDQ", "totalCount": 5, "availableCount": 5}


@pytest.fixture
def said():
    with a_server() as server:
        yield server


@pytest.fixture
def client(said):
    with AppsAndBooks(TOKEN, said.url, timeout=(2, 2)) as client:
        yield client


def page(index, *assets, following=None, version="v1"):
    told = {"assets": list(assets), "currentPageIndex": index, "versionId": version, "size": len(assets)}
    return {**told, "nextPageIndex": following} if following is not None else told


def asset(number):
    return {**ASSET, "adamId": str(number)}


def ids(client):
    return [one.adam_id for one in client.assets()]


# --- What is sent ------------------------------------------------------------------------------------------------


def test_the_token_is_sent_as_it_is_without_its_whitespace(said):
    said.say(page(0))
    ids(AppsAndBooks(f"  {TOKEN[:9]}\n{TOKEN[9:]}\r\n", said.url))
    ((path, headers),) = said.asked
    assert path == "/mdm/v2/assets"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"].startswith("Pomona/")


def test_the_service_is_asked_without_the_token_and_never_followed_elsewhere(client, said):
    said.say({"urls": {"getAssets": "https://elsewhere.example/assets"}})
    assert client.service_config().urls == {"getAssets": "https://elsewhere.example/assets"}
    assert "Authorization" not in said.asked[0][1]
    said.answers.clear()
    said.say(page(0, ASSET))
    assert ids(client) == ["719171358"], "asked where it was told to ask"


def test_a_netrc_does_not_take_the_place_of_the_token(client, said, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    said.say(page(0))
    ids(client)
    assert said.asked[0][1]["Authorization"] == f"Bearer {TOKEN}"


def test_apple_is_asked_unless_told_otherwise():
    assert APPS_AND_BOOKS == "https://vpp.itunes.apple.com/mdm/v2/"
    assert AppsAndBooks("x")._base_url == APPS_AND_BOOKS


def test_the_caller_may_refuse_to_send(said):
    def refuse():
        raise PermissionError

    with pytest.raises(PermissionError):
        AppsAndBooks(TOKEN, said.url, before_send=refuse).client_config()
    assert said.asked == []


# --- Pages -------------------------------------------------------------------------------------------------------


def test_all_pages_are_read(client, said):
    said.say(page(0, asset(1), asset(2), following=1))
    said.say(page(1, asset(3), following=2))
    said.say(page(2, asset(3), asset(4)))
    assert ids(client) == ["1", "2", "3", "4"]
    assert [path for path, _headers in said.asked] == [
        "/mdm/v2/assets",
        "/mdm/v2/assets?pageIndex=1",
        "/mdm/v2/assets?pageIndex=2",
    ]
    assert client.requests_made == 3


def test_a_change_between_two_pages_starts_over(client, said):
    said.say(page(0, asset(1), following=1))
    said.say(page(1, asset(2), version="v2"))
    said.say(page(0, asset(7), following=1, version="v2"))
    said.say(page(1, asset(8), version="v2"))
    assert ids(client) == ["7", "8"], "nothing of before the change"


def test_a_page_that_is_gone_starts_over(client, said):
    said.say(page(0, asset(1), following=1))
    said.say({"errorNumber": 9650, "errorMessage": "no such page"}, status=400)
    said.say(page(0, asset(7)))
    assert ids(client) == ["7"]


def test_a_list_that_keeps_changing_is_left_for_later(client, said):
    for number in range(4):
        said.say(page(0, asset(1), following=1, version=f"{number}"))
        said.say(page(1, asset(2), version=f"{number} and more"))
    with pytest.raises(content_errors.LicencesKeepChanging) as refused:
        ids(client)
    assert refused.value.try_again
    assert len(said.asked) == 8, "once, and three restarts"


@pytest.mark.parametrize(
    "second",
    [
        page(1, asset(2), following=1),
        page(1, asset(2), following=0),
        page(0, asset(2), following=1),
        page(1, asset(2), following=10**9),
        page(1, asset(2), following="soon"),
    ],
)
def test_pages_that_lead_nowhere_are_not_followed(client, said, second):
    said.say(page(0, asset(1), following=1))
    said.say(second)
    with pytest.raises(errors.NotUnderstood):
        ids(client)
    assert len(said.asked) == 2


def test_a_location_may_own_nothing(client, said):
    said.say({"size": 0, "totalPages": 0, "versionId": "v1", "currentPageIndex": 0})
    assert ids(client) == []


# --- Names -------------------------------------------------------------------------------------------------------


def test_a_name_is_asked_where_the_service_says_with_the_token_as_a_cookie(client, said):
    said.say({"urls": {"contentMetadataLookup": f"{said.url}/lookup"}})
    said.say({"results": {"719171358": {"name": " Company Portal\x00 "}}})
    assert client.app_name("719171358", country="FR") == "Company Portal"
    (_config, (path, headers)) = said.asked
    assert path == "/mdm/v2/lookup?version=2&p=mdm-lockup&caller=MDM&platform=enterprisestore&l=en&cc=fr&id=719171358"
    assert headers["Cookie"] == f"itvt={TOKEN}"
    assert "Authorization" not in headers


@pytest.mark.parametrize("url", ["https://elsewhere.example/lookup", "http://127.0.0.1:9/", "http://[", "lookup", ""])
def test_the_token_is_not_led_elsewhere_for_a_name(client, said, url):
    said.say({"urls": {"contentMetadataLookup": url}})
    with pytest.raises(errors.AppleError):
        client.app_name("1")
    assert len(said.asked) == 1


@pytest.mark.parametrize(
    ("url", "is_apples"),
    [
        ("https://uclient-api.itunes.apple.com/WebObjects/lookup", True),
        ("http://uclient-api.itunes.apple.com/lookup", False),
        ("https://apple.com.example/lookup", False),
        ("https://notapple.com/lookup", False),
        ("https://me@elsewhere.example\\.apple.com/", False),
    ],
)
def test_another_host_of_apples_may_be_asked_for_a_name(url, is_apples):
    client = AppsAndBooks(TOKEN)
    if is_apples:
        assert client._trusted(url) == url
    else:
        with pytest.raises(errors.NotUnderstood):
            client._trusted(url)


@pytest.mark.parametrize("body", [{}, {"results": []}, {"results": {"1": 5}}, {"results": {"1": {"name": 7}}}])
def test_no_name_is_no_error(client, said, body):
    said.say({"urls": {"contentMetadataLookup": f"{said.url}/lookup"}})
    said.say(body)
    assert client.app_name("1") == ""


# --- Errors ------------------------------------------------------------------------------------------------------

TABLE = [
    (9601, 401, content_errors.LoginRequired),
    (9722, 401, content_errors.LoginRequired),
    (9621, 401, content_errors.ContentTokenExpired),
    (9622, 401, content_errors.ContentTokenInvalid),
    (9625, 401, content_errors.ContentTokenRevoked),
    (9637, 403, content_errors.FacilitatorToken),
    (9647, 403, content_errors.FacilitatorToken),
    (9634, 410, content_errors.ServiceGone),
    (9602, 400, errors.MalformedRequest),
    (9650, 400, content_errors.PageUnknown),
    *((number, 400, errors.MalformedRequest) for number in (*range(9700, 9706), 9718, 9719, 9721)),
    (9726, 405, errors.MalformedRequest),
    (9727, 415, errors.MalformedRequest),
    (9646, 429, errors.TooManyRequests),
    (9603, 500, errors.TemporarilyUnavailable),
    (9729, 503, errors.TemporarilyUnavailable),
    (9644, 503, errors.TemporarilyUnavailable),
    (9999, 400, errors.MalformedRequest),
    (9999, 418, AppleError),
    (9999, 502, errors.TemporarilyUnavailable),
]
WAITS = (errors.TooManyRequests, errors.TemporarilyUnavailable)


@pytest.mark.parametrize("written", [int, str])
@pytest.mark.parametrize("status_is_ok", [False, True])
@pytest.mark.parametrize(("number", "status", "kind"), TABLE)
def test_every_number_has_its_meaning_whatever_the_status(client, said, number, status, kind, status_is_ok, written):
    said.say({"errorNumber": written(number), "errorMessage": "because"}, status=200 if status_is_ok else status)
    with pytest.raises(AppleError) as refused:
        client.client_config()
    assert type(refused.value) is (AppleError if status_is_ok and number == 9999 else kind)
    assert refused.value.try_again is isinstance(refused.value, WAITS)
    assert refused.value.body == f"{number} because"
    assert refused.value.sentence % refused.value.details
    assert refused.value.advice % refused.value.details
    assert refused.value.code


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.MalformedRequest),
        (401, content_errors.LoginRequired),
        (403, AppleError),
        (404, AppleError),
        (407, errors.NotUnderstood),
        (410, content_errors.ServiceGone),
        (429, errors.TooManyRequests),
        (500, errors.TemporarilyUnavailable),
        (502, errors.TemporarilyUnavailable),
        (503, errors.TemporarilyUnavailable),
        (204, errors.NotUnderstood),
        (302, errors.NotUnderstood),
    ],
)
def test_without_a_number_the_status_speaks(client, said, status, kind):
    said.say(b"<html>Sorry</html>", status=status)
    with pytest.raises(AppleError) as refused:
        client.client_config()
    assert type(refused.value) is kind


@pytest.mark.parametrize("body", [b"", b"no", b"[1]", b'{"assets": [', b"\xff\xfe", b'{"errorNumber": "what"}', b"{}"])
def test_an_answer_that_is_none_is_not_understood(client, said, body):
    said.say(body)
    for ask in (client.service_config, client.client_config, lambda: ids(client)):
        with pytest.raises(errors.NotUnderstood):
            ask()


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("99999999", 24 * 3600), ("soon", None), ("-1", None)])
def test_apple_says_when_to_come_back(client, said, status, header, seconds):
    said.say(b"", status=status, Retry_After=header)
    with pytest.raises(WAITS) as refused:
        client.client_config()
    assert refused.value.retry_after == seconds


def test_apple_may_name_the_time_of_day(client, said):
    said.say(b"", status=503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True))
    with pytest.raises(errors.TemporarilyUnavailable) as refused:
        client.client_config()
    assert 290 <= refused.value.retry_after <= 300


def test_a_redirect_is_not_followed_with_the_token(client, said):
    for to in (f"{said.url}/elsewhere", "http://[", "http://\xff\xfe.example"):
        said.answers.clear()
        said.say(b"", status=302, Location=to)
        with pytest.raises(errors.NotUnderstood):
            client.client_config()
    assert len(said.asked) == 3


def test_nobody_there_is_unreachable():
    with pytest.raises(errors.Unreachable):
        AppsAndBooks(TOKEN, "http://127.0.0.1:9", timeout=(1, 1)).client_config()


# --- The secret --------------------------------------------------------------------------------------------------


def everything(error):
    """All an error could tell, to a page, a log or a monitor."""
    chain = []
    while error is not None:
        chain += [repr(error), str(error), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return " ".join(chain)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"errorNumber": 9622, "errorMessage": f"bad token {TOKEN}"}, 200),
        (f"You sent Bearer {TOKEN}".encode(), 403),
        (f'{{"errorNumber": 9622, "errorMessage": "{TOKEN[:60]}'.encode(), 401),
        (b"x" * 985 + b" " + TOKEN.encode(), 403),
        (TOKEN.replace("/", "\\/").encode(), 500),
        (b"", 503),
    ],
)
def test_the_token_is_in_no_error_repr_or_log(client, said, caplog, body, status):
    said.say(body, status=status)
    with caplog.at_level(logging.DEBUG), pytest.raises(AppleError) as refused:
        client.client_config()
    told = everything(refused.value) + repr(client) + caplog.text + "".join(traceback.format_exception(refused.value))
    assert TOKEN[:28] not in told


def test_nor_when_nobody_answers(caplog):
    client = AppsAndBooks(TOKEN, "http://127.0.0.1:9", timeout=(1, 1))
    with caplog.at_level(logging.DEBUG), pytest.raises(errors.Unreachable) as refused:
        client.client_config()
    assert TOKEN not in everything(refused.value) + caplog.text
    assert refused.value.__context__ is None, "the error beneath holds the request with the token in its header"


@pytest.mark.parametrize("text", ["", "é€", "a\x00b", "\ud800"])
def test_what_cannot_be_a_token_is_apples_to_refuse(said, text):
    said.say({"errorNumber": 9622}, status=401)
    with pytest.raises(content_errors.ContentTokenInvalid):
        AppsAndBooks(text, said.url).client_config()


# --- No answer whatever ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["errorNumber", "errorMessage", "assets", "nextPageIndex", "versionId", "urls", "locationName"])
BODIES = st.binary(max_size=60) | st.dictionaries(KEYS, JSON, max_size=5).map(lambda one: json.dumps(one).encode())
HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)


@pytest.fixture(scope="module")
def any_server():
    with a_server() as server:
        yield server


@settings(deadline=None, max_examples=150)
@given(body=BODIES, status=st.integers(200, 599), retry_after=HEADERS, location=HEADERS)
def test_no_answer_whatever_crashes(any_server, body, status, retry_after, location):
    any_server.answers.clear()
    any_server.say(body, status=status, Retry_After=retry_after, Location=location)
    with AppsAndBooks(TOKEN, any_server.url, timeout=(2, 2)) as client:
        for ask in (
            client.service_config,
            client.client_config,
            lambda: list(client.assets()),
            lambda: client.app_name("1"),
        ):
            with contextlib.suppress(AppleError):
                ask()
