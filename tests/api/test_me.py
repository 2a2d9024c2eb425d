"""One's own account, as far as it needs no browser (ROLE-4, API-1)."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from enrollment.models import AuditEntry

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def a_browser(name):
    browser = Client(headers={"user-agent": FIREFOX})
    browser.post("/accounts/login/", {"login": name, "password": "a long password"})
    return browser


def is_signed_in(browser):
    return browser.get("/account/").status_code == 200


def test_the_language_of_mails_is_chosen(program, bob):
    ask = program(bob)
    assert ask("get", "me/").json()["language"] == ""
    assert ask("patch", "me/", data={"language": "fr"}).json()["language"] == "fr"
    bob.refresh_from_db()
    assert bob.language == "fr"
    assert list(ask("patch", "me/", data={"language": "tlh"}).json()["errors"]) == ["language"]
    assert list(ask("patch", "me/", data={"is_superuser": True}).json()["errors"]) == ["is_superuser"]


def test_a_key_that_is_less_than_its_person_silences_no_mails(program, alice):
    answer = program(alice, role="helpdesk")("patch", "me/", data={"told_from": "nothing"})
    assert answer.status_code == 409, answer.content
    assert "less than its person" in answer.json()["detail"]
    alice.refresh_from_db()
    assert alice.told_from == ""
    assert program(alice)("patch", "me/", data={"told_from": "nothing"}).json()["told_from"] == "nothing"


def test_a_session_is_listed_and_ended(program, bob):
    lost, kept = a_browser("bob"), a_browser("bob")
    ask = program(bob)
    newest, oldest = ask("get", "me/sessions/").json()["results"]
    assert (oldest["user_agent"], oldest["address"], oldest["is_this_one"]) == (FIREFOX, "127.0.0.1", False)
    assert ask("delete", f"me/sessions/{oldest['id']}/").status_code == 204
    assert (is_signed_in(lost), is_signed_in(kept)) == (False, True)
    assert [one["id"] for one in ask("get", "me/sessions/").json()["results"]] == [newest["id"]]
    assert AuditEntry.objects.get(action="person.sessions_ended").who == "bob"


def test_a_browser_ends_all_others_and_a_key_all(program, bob):
    others, mine = [a_browser("bob"), a_browser("bob")], a_browser("bob")
    assert [one["is_this_one"] for one in mine.get("/api/v1/me/sessions/").json()["results"]] == [True, False, False]
    assert mine.post("/api/v1/me/sessions/end-others/").json() == {"count": 2}
    assert not any(is_signed_in(other) for other in others)
    assert is_signed_in(mine)
    assert program(bob)("post", "me/sessions/end-others/").json() == {"count": 1}
    assert not is_signed_in(mine)


def test_nobody_sees_or_ends_sessions_of_somebody_else(program, alice, bob):
    theirs = a_browser("bob")
    ask, session = program(alice), UserSession.objects.get(user=bob)
    assert ask("get", "me/sessions/").json()["results"] == []
    assert ask("delete", f"me/sessions/{session.pk}/").status_code == 404
    assert ask("post", "me/sessions/end-others/").json() == {"count": 0}
    assert is_signed_in(theirs)


def test_a_key_that_is_less_than_its_person_sees_none(program, alice):
    mine = a_browser("alice")
    ask, session = program(alice, role="helpdesk"), UserSession.objects.get()
    assert ask("get", "me/sessions/").json()["results"] == []
    assert ask("delete", f"me/sessions/{session.pk}/").status_code == 404
    assert ask("post", "me/sessions/end-others/").json() == {"count": 0}
    assert is_signed_in(mine)
