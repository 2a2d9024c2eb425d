"""What browsers are told with every answer: pages, downloads, the API, static files, errors."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests.who_may_what.asking import visit
from tests.who_may_what.pages import PAGES

pytestmark = pytest.mark.django_db

READ = [row for row in PAGES if row.method == "get"]


class Inline(HTMLParser):
    """What a page has in its own text that a strict policy would not let run."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        is_data = said.get("type") in ("application/json", "importmap")
        if (tag == "script" and "src" not in said and not is_data) or tag == "style":
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        self.found += [
            f"{tag} {name}" for name in ("href", "src", "action") if (said.get(name) or "").startswith("javascript:")
        ]


@pytest.mark.parametrize("row", READ, ids=str)
def test_no_page_has_inline_script_or_style(row, everything, settings):
    settings.SHOW_MAILS = True
    for visitor in (everything.here[0], everything.here[3]):
        answer = visit(row, everything, visitor)
        if answer.text.startswith("<!doctype html>"):
            assert Inline(answer.text).found == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/api/v1/docs/", "/api/v1/redoc/"])
def test_nor_has_one_for_strangers(client, path):
    assert Inline(client.get(path).content.decode()).found == []


def test_nor_has_any_page_that_tells_a_fault(settings):
    for name in ("400", "403", "404", "413", "429", "500", "403_csrf"):
        text = (settings.BASE_DIR / "templates" / f"{name}.html").read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", text)


ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def stranger(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/accounts/login/", 200),
        ("/nowhere/", 404),
        ("/api/v1/nowhere/", 404),
        ("/api/v1/devices/", 401),
        ("/api/v1/docs/", 200),
        ("/api/v1/redoc/", 200),
        ("/api/v1/schema/", 200),
        ("/static/js/pomona.js", 200),
        ("/static/img/pomona.svg", 200),
    ],
)
def test_every_answer_has_the_headers(stranger, path, status):
    answer = stranger.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALL} == ALL
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nowhere/", "/api/v1/devices/", "/api/v1/docs/"])
def test_what_is_made_anew_may_be_framed_by_nobody_and_kept_by_nobody(stranger, path):
    answer = stranger.get(path)
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_fault_of_ours_has_them_too(as_alice, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("enrollment.web.home.AuditEntry.objects.visible_to", broken)
    as_alice.raise_request_exception = False
    answer = as_alice.get("/")
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in ALL} == ALL
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_pages_and_downloads_are_kept_by_nobody(everything):
    browser = everything.here[0].browser
    for name in ("device-list", "device-export", "activity-list", "token-list"):
        assert "no-store" in browser.get(reverse(name)).headers["Cache-Control"], name


def test_a_form_of_another_site_is_not_taken(as_alice):
    as_alice.handler.enforce_csrf_checks = True
    answer = as_alice.post("/devices/views/", {"name": "x"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Not sent" in answer.content.decode()


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, alice):
    answer = client.get("/accounts/login/")
    assert answer.cookies["csrftoken"]["httponly"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"
    session = client.post("/accounts/login/", {"login": "alice", "password": "a long password"}).cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_signing_in_makes_a_new_session(client, alice):
    """A session somebody else has planted in the browser is worth nothing afterwards."""
    client.get("/accounts/login/")
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post("/accounts/login/", {"login": "alice", "password": "a long password"})
    assert client.cookies["sessionid"].value != planted.session_key
