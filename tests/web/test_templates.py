"""What every template keeps to: a strict policy, nothing from elsewhere, every name of an icon known."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from enrollment.templatetags.pomona import ICONS, say

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
SHEETS = sorted((Path(settings.BASE_DIR) / "static").rglob("*.css"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_inline_style_script_or_handler(path):
    text = path.read_text()
    # Mail programs know no style sheets, and no policy of ours.
    style = "" if path.parent.name == "mail" else r"<style|\sstyle=|"
    assert not re.search(rf"{style}\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!business\.apple\.com|school\.apple\.com)', text)
    for name in re.findall(r'{% icon "(\w+)" %}', text):
        assert name in ICONS


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_style_sheets_fetch_nothing(path):
    assert not re.search(r"@import|url\(", path.read_text())


@pytest.mark.django_db
def test_a_page_is_sent_with_a_strict_policy(client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


@pytest.mark.django_db
def test_nobody_signs_up(client):
    assert client.post("/accounts/signup/", {"username": "eve", "password1": "a long password"}).status_code in (
        200,
        403,
    )
    assert not client.login(username="eve", password="a long password")


def test_a_stored_sentence_with_a_missing_place_is_no_fault():
    assert say("Port %(port)s", {}) == "Port "


@pytest.mark.django_db
def test_the_language_can_be_chosen_before_signing_in(client):
    answer = client.post("/i18n/setlang/", {"language": "fr", "next": "/accounts/login/"}, follow=True)
    assert "Se connecter" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["login/", "password/reset/", "signup/", "inactive/", "password/reset/done/"])
def test_the_pages_before_signing_in_are_drawn(client, path):
    answer = client.get(f"/accounts/{path}")
    assert answer.status_code == 200
    assert "entrance" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_the_frame(as_alice):
    answer = as_alice.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_the_language_chosen_is_that_of_the_mails_too(as_alice, alice):
    as_alice.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    as_alice.post("/i18n/setlang/", {"language": "tlh", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "fr"
