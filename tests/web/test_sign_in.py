"""ROLE-4: signing in with a password and what stands behind it; who never signs in; what is recorded of it."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrollment.actions.access.remove_factors import remove_factors
from enrollment.models import AuditEntry, Role
from enrollment.models.person import Person

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()


def sign_in(browser: Client, name: str = "alice", password: str = PASSWORD, **more):
    return browser.post(LOGIN, {"login": name, "password": password, **more})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def an_app(person: Person) -> str:
    """The secret of an authenticator app that is set up."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code(secret: str, later: int = 0) -> str:
    now = datetime.now(UTC) + timedelta(seconds=later)
    return format_hotp_value(hotp_value(secret, int(now.timestamp()) // 30))


# --- Passwords --------------------------------------------------------------------------------------------------------
def test_signing_in_and_out_is_recorded(client, alice):
    assert sign_in(client).headers["Location"] == "/"
    client.post("/accounts/logout/")

    assert actions() == ["person.signed_in", "person.signed_out"]
    entry = AuditEntry.objects.get(action="person.signed_in")
    assert (entry.who, entry.origin, entry.after) == ("alice", "127.0.0.1", {"ways": ["password"]})


def test_a_wrong_password_is_told_and_recorded_by_name_and_address(client, alice):
    answer = sign_in(client, password="wrong password")

    assert "The username or the password is wrong." in answer.content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_name, entry.origin) == ("person.sign_in_failed", "alice", "127.0.0.1")
    assert "wrong password" not in str(entry.__dict__)


def test_the_log_does_not_say_that_the_clock_tried(client, alice, as_bob, bob):
    bob.roles.set(Role.objects.filter(key="auditor"))
    sign_in(client, password="wrong")
    assert "somebody not signed in" in as_bob.get("/activity/").content.decode()
    assert ",somebody not signed in,," in as_bob.get("/activity/export/csv/").getvalue().decode()


def test_a_name_nobody_has_is_not_repeated_in_the_log(client, alice):
    sign_in(client, name="a password typed in the wrong field")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_name) == ("person.sign_in_failed", "")


def test_a_flood_of_wrong_passwords_is_one_entry_a_minute(client, alice, bob, time_machine):
    time_machine.move_to(datetime(2026, 5, 1, 8, tzinfo=UTC), tick=False)
    for _ in range(4):
        sign_in(client, password="wrong")
    sign_in(client, name="bob", password="wrong")
    assert AuditEntry.objects.count() == 2

    time_machine.shift(61)
    sign_in(client, password="wrong")
    assert AuditEntry.objects.count() == 3


def test_after_five_failures_the_right_password_waits_five_minutes(client, alice, time_machine):
    time_machine.move_to(datetime(2026, 5, 1, 8, tzinfo=UTC), tick=False)
    for _ in range(5):
        assert "is wrong" in sign_in(client, password="wrong").content.decode()

    answer = sign_in(Client(REMOTE_ADDR="10.1.1.1"))
    assert "Too many attempts failed. Wait five minutes, then try again." in answer.content.decode()

    time_machine.shift(301)
    assert sign_in(client).status_code == 302


def test_one_address_that_tries_many_names_has_to_wait(client, db):
    for number in range(10):
        sign_in(client, name=f"name{number}", password="wrong")
    assert "Too many attempts failed" in sign_in(client, name="another", password="wrong").content.decode()


def test_too_many_requests_in_a_minute_are_told_when_to_come_back(client, db):
    answers = [sign_in(client, name=f"name{number}") for number in range(31)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Wait a minute" in answers[-1].content.decode()


def test_behind_a_proxy_the_address_it_tells_is_counted(alice, settings):
    settings.BEHIND_PROXY = True
    for number in range(10):
        forged = f"10.9.9.{number}, 10.0.0.1"
        sign_in(Client(headers={"x-forwarded-for": forged}), name=f"name{number}", password="wrong")
    assert sign_in(Client(headers={"x-forwarded-for": "10.0.0.1"})).status_code == 200
    assert sign_in(Client(headers={"x-forwarded-for": "10.0.0.2"})).status_code == 302
    assert AuditEntry.objects.get(action="person.signed_in").origin == "10.0.0.2"


@pytest.mark.parametrize("named", ["", "nobody", "10.0.0.1:80, ;DROP"])
def test_a_proxy_that_names_no_address_changes_nothing(alice, settings, named):
    settings.BEHIND_PROXY = True
    sign_in(Client(headers={"x-forwarded-for": named}))
    assert AuditEntry.objects.get(action="person.signed_in").origin == "127.0.0.1"


def test_without_a_proxy_nobody_says_where_they_come_from(client, alice):
    sign_in(Client(headers={"x-forwarded-for": "10.0.0.2"}))
    assert AuditEntry.objects.get(action="person.signed_in").origin == "127.0.0.1"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example/", "https:evil", r"\\evil", r"/\evil", "javascript:x"]
)
def test_signing_in_leads_nowhere_else(client, alice, to):
    assert sign_in(client, next=to).headers["Location"] == "/"


def test_signing_in_leads_to_the_page_that_was_asked_for(client, alice):
    assert sign_in(client, next="/tokens/").headers["Location"] == "/tokens/"


# --- Who never signs in -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"is_service": True}, {"is_active": False}])
def test_services_and_closed_accounts_never_sign_in(client, alice, change):
    Person.objects.filter(pk=alice.pk).update(**change)
    assert sign_in(client).headers["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("change", [{"is_service": True}, {"is_active": False}])
def test_an_open_session_ends_with_the_account(as_alice, alice, change):
    assert is_signed_in(as_alice)
    Person.objects.filter(pk=alice.pk).update(**change)
    assert not is_signed_in(as_alice)


def test_a_password_is_forgotten_by_mail_and_other_sessions_end(client, alice):
    other = Client()
    sign_in(other)
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    to = client.get(link).headers["Location"]
    client.post(to, {"password1": "quite another one", "password2": "quite another one"})

    assert not is_signed_in(other)
    assert sign_in(client, password="quite another one").status_code == 302
    assert "person.password_reset" in actions()


def test_the_link_for_a_forgotten_password_leads_to_our_own_address(client, alice, settings):
    settings.BASE_URL = "https://pomona.orchard.example"
    client.post("/accounts/password/reset/", {"email": alice.email}, headers={"host": "localhost:9999"})
    assert "https://pomona.orchard.example/accounts/password/reset/key/" in mail.outbox[0].body
    assert "://localhost" not in mail.outbox[0].body


def test_nobody_gets_a_mail_because_somebody_typed_an_address(client, alice):
    service = Person.objects.create_user("importer", email="importer@orchard.example", is_service=True)
    for address in ("nobody@elsewhere.example", service.email):
        answer = client.post("/accounts/password/reset/", {"email": address})
        assert answer.status_code == 302
    assert mail.outbox == []


def test_changing_the_password_ends_the_other_sessions(client, alice):
    other = Client()
    sign_in(other)
    sign_in(client)
    new = "quite another one"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert "person.password_changed" in actions()


# --- Second factors ---------------------------------------------------------------------------------------------------
def test_with_an_app_the_password_alone_opens_nothing(client, alice):
    secret = an_app(alice)
    assert sign_in(client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)

    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert is_signed_in(client)
    assert AuditEntry.objects.get(action="person.signed_in").after == {"ways": ["password", "totp"]}


def test_a_wrong_code_is_told_and_recorded(client, alice):
    an_app(alice)
    sign_in(client)
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "This is wrong" in answer.content.decode()
    assert actions() == ["person.second_factor_failed"]


@pytest.mark.parametrize("later", [0, 45])
def test_a_code_opens_once_however_long_it_would_still_be_taken(client, alice, later, time_machine):
    time_machine.move_to(datetime(2026, 5, 1, 8, 0, 1, tzinfo=UTC), tick=False)
    secret = an_app(alice)
    shown = code(secret)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": shown})
    assert is_signed_in(client)

    thief = Client()
    time_machine.shift(later)
    sign_in(thief)
    thief.post("/accounts/2fa/authenticate/", {"code": shown})
    assert not is_signed_in(thief)


def test_codes_cannot_be_guessed(client, alice):
    secret = an_app(alice)
    sign_in(client)
    for number in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{number}"})
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert not is_signed_in(client)


def test_a_recovery_code_opens_once_and_is_recorded(client, alice):
    an_app(alice)
    one = RecoveryCodes.activate(alice).get_unused_codes()[0]
    for expected in (True, False):
        browser = Client()
        sign_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": one})
        assert is_signed_in(browser) is expected
    assert AuditEntry.objects.get(action="person.recovery_code_used").after == {"left": 9}


def test_secrets_of_factors_are_stored_sealed(alice):
    secret = an_app(alice)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(one in stored for one in codes)


def test_an_app_is_set_up_after_confirming_that_it_is_still_them(client, alice, django_capture_on_commit_callbacks):
    sign_in(client)
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")

    answer = client.post(answer.headers["Location"], {"password": PASSWORD}, follow=True)
    secret = answer.context["form"].secret
    assert secret in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)}, follow=True)

    page = answer.content.decode()
    assert "These codes are shown now and never again." in page
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert all(one in page for one in codes)
    assert not any(one in client.get("/accounts/2fa/recovery-codes/").content.decode() for one in codes)
    added = AuditEntry.objects.filter(action="person.factor_added").order_by("pk").values_list("after", flat=True)
    assert [entry["factor"] for entry in added] == ["totp", "recovery_codes"]


def test_with_the_first_factor_what_a_password_alone_has_opened_elsewhere_ends(
    client, alice, django_capture_on_commit_callbacks
):
    def sets_up(secret):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})

    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    sets_up(client.get("/accounts/2fa/totp/activate/").context["form"].secret)

    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)
    assert AuditEntry.objects.get(action="person.sessions_ended").after == {"count": 1}


def test_taking_the_app_away_takes_its_recovery_codes_along(client, alice):
    secret = an_app(alice)
    RecoveryCodes.activate(alice)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert actions().count("person.factor_removed") == 2


def test_removing_the_factors_of_somebody_signs_them_out(client, alice, bob):
    secret = an_app(bob)
    sign_in(client, name="bob")
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    remove_factors(bob, by=alice)

    assert not is_signed_in(client)
    assert sign_in(client, name="bob").headers["Location"] == "/"
    entry = AuditEntry.objects.get(action="person.factors_removed")
    assert (entry.who, entry.before) == ("alice", {"factors": ["totp"]})


# --- Passkeys: what is no passkey is no fault; a real one is in tests/browser/test_sign_in.py -------------------------
NO_PASSKEYS = [
    "",
    "x",
    "[]",
    "{}",
    "null",
    '"text"',
    "17",
    '{"response": null}',
    '{"response": {"userHandle": 5}}',
    '{"id": "\\u0000"}',
]


@pytest.mark.parametrize("sent", NO_PASSKEYS)
def test_anything_else_than_a_passkey_opens_nothing(client, alice, sent):
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": sent})
    assert answer.status_code == 302
    assert not is_signed_in(client)


@pytest.mark.parametrize("sent", NO_PASSKEYS)
def test_anything_else_than_a_passkey_is_not_kept(client, alice, sent):
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"credential": sent, "name": "x"})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_pages_are_drawn(client, alice, language):
    client.cookies["django_language"] = language
    secret = an_app(alice)
    sign_in(client)
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    for name in ("account_reauthenticate", "mfa_reauthenticate", "account_change_password"):
        assert client.get(reverse(name)).status_code == 200, name
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for name in (
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "account_logout",
        "sign-in-settings",
    ):
        assert client.get(reverse(name)).status_code == 200, name
    client.post("/accounts/2fa/recovery-codes/generate/")
    for _ in range(2):
        assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    for name in (
        "mfa_index",
        "mfa_list_webauthn",
        "account_set_password",
        "socialaccount_connections",
        "mfa_activate_totp",
    ):
        assert client.get(reverse(name)).status_code == 302, name
