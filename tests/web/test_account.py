"""One's own account on one page; sessions that are listed and ended; what everyone needs a second factor for."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.require_mfa import require_mfa
from enrollment.models import AuditEntry, Installation
from tests.cast import a_token

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()


def a_browser(name: str = "alice", agent: str = FIREFOX) -> Client:
    browser = Client(headers={"user-agent": agent})
    answer = browser.post("/accounts/login/", {"login": name, "password": "a long password"})
    assert answer.status_code == 302
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


# --- Sessions ---------------------------------------------------------------------------------------------------------
def test_sessions_are_listed_by_browser_and_address(alice):
    a_browser(agent=SAFARI)
    page = a_browser().get("/account/").content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "from 127.0.0.1" in page
    assert page.count("this one") == 1


def test_another_session_is_ended(alice):
    lost, mine = a_browser(), a_browser()
    mine.post(f"/account/sessions/{UserSession.objects.order_by('pk')[0].pk}/end/")
    assert not is_signed_in(lost)
    assert is_signed_in(mine)
    assert AuditEntry.objects.get(action="person.sessions_ended").after == {"count": 1}


def test_all_other_sessions_are_ended_at_once(alice):
    others, mine = [a_browser(), a_browser()], a_browser()
    mine.post("/account/sessions/end-others/")
    assert not any(is_signed_in(other) for other in others)
    assert is_signed_in(mine)


def test_nobody_ends_the_session_of_somebody_else(alice, bob):
    theirs, mine = a_browser("bob"), a_browser()
    session = UserSession.objects.get(user=bob)
    assert mine.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    mine.post("/account/sessions/end-others/")
    assert is_signed_in(theirs)


def test_an_administrator_signs_somebody_out_everywhere(alice, bob):
    browsers = [a_browser("bob"), a_browser("bob")]
    assert end_sessions(bob, by=alice) == 2
    assert not any(is_signed_in(browser) for browser in browsers)
    assert AuditEntry.objects.get(action="person.sessions_ended").who == "alice"


def test_the_page_asks_the_database_as_often_for_many_passkeys_as_for_one(
    as_alice, alice, django_assert_max_num_queries
):
    def ask():
        cache.clear()
        with django_assert_max_num_queries(60) as found:
            page = as_alice.get("/account/").content.decode()
        return page, len(found.captured_queries)

    Authenticator.objects.create(user=alice, type="webauthn", data={"name": "Key 0", "credential": {}})
    _page, one = ask()
    for number in range(1, 11):
        kept = {"name": f"Key {number}", "credential": {}}
        Authenticator.objects.create(user=alice, type="webauthn", data=kept)
    page, many = ask()
    assert "Key 10" in page
    assert many == one


# --- A second factor for everyone -------------------------------------------------------------------------------------
def test_the_switch_is_turned_on_by_who_manages_access_and_sees_everything(as_alice, as_bob, as_charlie, alice):
    for browser in (as_bob, as_charlie):
        assert browser.post("/access/sign-in/", {"requires_mfa": "on"}).status_code == 403
    assert not Installation.this().requires_mfa

    assert "you are the first to be led to set one up" in as_alice.get("/access/sign-in/").content.decode()
    as_alice.post("/access/sign-in/", {"requires_mfa": "on"})
    assert Installation.this().requires_mfa
    entry = AuditEntry.objects.get(action="installation.mfa_required")
    assert (entry.who, entry.before, entry.after) == ("alice", {"required": False}, {"required": True})


def test_turned_off_it_is_everyones_own_choice(as_alice, alice):
    TOTP.activate(alice, generate_totp_secret())
    require_mfa(True, by=None)
    as_alice.post("/access/sign-in/", {})
    assert not Installation.this().requires_mfa
    assert as_alice.get("/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/tokens/", "/account/", "/access/sign-in/", "/devices/export/", "/nowhere/", "/accounts/password/change/"],
)
def test_who_has_none_is_led_to_set_one_up_and_reaches_nothing_else(as_alice, path):
    a_token(name="Ours")
    require_mfa(True, by=None)
    answer = as_alice.get(path, follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/new/", 302)]
    page = answer.content.decode()
    assert "Set one up to go on." in page
    assert "navigation" not in page
    assert "Ours" not in page


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/logout/"])
def test_setting_one_up_and_leaving_stay_open(path, alice):
    require_mfa(True, by=None)
    browser = a_browser()
    browser.post("/accounts/reauthenticate/", {"password": "a long password"})
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "navigation" not in answer.content.decode()
    assert browser.post("/i18n/setlang/", {"language": "fr"}).status_code == 302


def test_a_part_of_a_page_leads_the_whole_page(as_alice):
    require_mfa(True, by=None)
    answer = as_alice.get("/devices/", headers={"hx-request": "true"})
    assert answer.headers["HX-Redirect"] == "/accounts/2fa/new/"
    assert answer.content == b""


def test_the_api_is_closed_to_a_browser_without_one_and_open_to_keys(as_alice, alice, client):
    require_mfa(True, by=None)
    answer = as_alice.get("/api/v1/tokens/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["title"] == "Forbidden"  # as every other refusal of the API
    key = make_api_key(alice, name="script", by=alice)
    assert client.get("/api/v1/tokens/", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(as_alice, alice):
    Authenticator.objects.create(user=alice, type="recovery_codes", data={})
    require_mfa(True, by=None)
    assert as_alice.get("/").status_code == 302


def test_with_one_everything_is_open(as_alice, alice):
    TOTP.activate(alice, generate_totp_secret())
    require_mfa(True, by=None)
    assert as_alice.get("/").status_code == 200
