"""ROLE-4: OpenID Connect against a pretend provider over real HTTP. Its claims say who has which roles."""

import html
import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from config.oidc import OpenIdProvider, for_allauth
from enrollment.actions.access.require_mfa import require_mfa
from enrollment.models import AuditEntry, Person, Role, ScopeTag
from tests.cast import a_person
from tests.pretend_provider import CLIENT, SECRET, PretendProvider

pytestmark = pytest.mark.django_db
DORA = {"sub": "00u-dora", "preferred_username": "dora", "email": "dora@orchard.example", "given_name": "Dora"}
HELPDESK = {**DORA, "groups": ["Pomona-Helpdesk", "Everybody"]}


@pytest.fixture
def provider(settings):
    cache.clear()
    with PretendProvider().running() as running:
        settings.OIDC = OpenIdProvider(
            url=running.url,
            name="Orchard ID",
            client_id=CLIENT,
            client_secret=SECRET,
            scopes=("openid", "profile", "email"),
            username_claim="preferred_username",
            roles_claim="groups",
            roles=(("Pomona-Admins", "administrator"), ("Pomona-Helpdesk", "helpdesk"), ("Typo", "no-such-role")),
            scope_tags=(),
            makes_people=True,
        )
        settings.SOCIALACCOUNT_PROVIDERS = for_allauth(settings.OIDC)
        yield running


def maps_tags(settings, *pairs):
    settings.OIDC = replace(settings.OIDC, scope_tags=pairs)


def come(browser, provider, claims, **form):
    """To the provider and back, as a browser goes."""
    provider.claims = claims
    page = browser.post("/accounts/oidc/sso/login/", form)
    assert page.status_code == 200
    to = html.unescape(re.search(r'content="0;url=([^"]+)"', page.content.decode())[1])
    back = urlsplit(requests.get(to, allow_redirects=False, timeout=5).headers["Location"])
    return browser.get(f"{back.path}?{back.query}")


def person(name="dora"):
    return Person.objects.get(username=name)


def roles(name="dora"):
    return sorted(person(name).roles.values_list("key", flat=True))


def is_signed_in(browser):
    return browser.get("/account/").status_code == 200


# --- Coming in --------------------------------------------------------------------------------------------------------
def test_the_sign_in_page_offers_the_provider_by_its_name(client, provider):
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with Orchard ID" in page


def test_somebody_new_comes_in_with_the_roles_of_their_groups(client, provider):
    assert come(client, provider, HELPDESK).headers["Location"] == "/"

    assert is_signed_in(client)
    assert (person().email, person().first_name, roles()) == ("dora@orchard.example", "Dora", ["helpdesk"])
    assert not person().has_usable_password()
    given = AuditEntry.objects.get(action="person.roles_from_provider")
    assert (given.before, given.after) == ({"roles": [], "scope_tags": []}, {"roles": ["helpdesk"], "scope_tags": []})
    assert AuditEntry.objects.get(action="person.signed_in").after == {"ways": ["socialaccount"]}


def test_it_is_asked_with_proof_that_the_same_browser_comes_back(client, provider):
    come(client, provider, HELPDESK)
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == "http://testserver/accounts/oidc/sso/login/callback/"
    assert set(provider.asked["scope"].split()) == {"openid", "profile", "email"}


def test_nothing_in_the_address_changes_what_the_provider_is_asked(client, provider):
    page = client.post("/accounts/oidc/sso/login/?scope=everything&auth_params=prompt%3Dnone").content.decode()
    to = re.search(r'content="0;url=([^"]+)"', page)[1]
    assert "everything" not in to
    assert "prompt" not in to


def test_the_way_back_leads_to_the_page_that_was_asked_for_and_nowhere_else(client, provider):
    assert come(client, provider, HELPDESK, next="/tokens/").headers["Location"] == "/tokens/"
    assert come(Client(), provider, HELPDESK, next="//evil.example").headers["Location"] == "/"


def test_who_changes_groups_changes_roles_at_the_next_sign_in(client, provider):
    come(client, provider, HELPDESK)
    come(Client(), provider, {**DORA, "groups": ["Pomona-Admins"]})
    assert roles() == ["administrator"]
    changed = AuditEntry.objects.filter(action="person.roles_from_provider").order_by("-pk")[0]
    assert (changed.before["roles"], changed.after["roles"]) == (["helpdesk"], ["administrator"])


def test_a_role_given_here_does_not_outlast_the_next_sign_in(client, provider):
    come(client, provider, HELPDESK)
    person().roles.add(Role.objects.get(key="auditor"))
    come(Client(), provider, HELPDESK)
    assert roles() == ["helpdesk"]


@pytest.mark.parametrize("groups", [[], ["Everybody"], ["Typo"], None, 7, {"a": 1}, [["Pomona-Admins"]]])
def test_who_has_no_role_is_refused_and_nothing_is_made(client, provider, groups):
    answer = come(client, provider, {**DORA, "groups": groups})
    assert answer.status_code == 403
    assert "None of your groups has a role here." in answer.content.decode()
    assert not is_signed_in(client)
    assert not Person.objects.exists()
    assert not SocialAccount.objects.exists()


def test_who_lost_all_groups_is_refused_and_their_keys_may_nothing(client, provider):
    come(client, provider, HELPDESK)
    assert come(Client(), provider, DORA).status_code == 403
    assert roles() == []
    assert person().allowed == frozenset()


def test_the_last_who_manages_access_is_not_made_less_by_their_groups(client, provider):
    come(client, provider, {**DORA, "groups": ["Pomona-Admins"]})
    for groups in (["Pomona-Helpdesk"], []):
        answer = come(Client(), provider, {**DORA, "groups": groups})
        assert answer.status_code == 403
        assert "Somebody must be left who may manage access" in answer.content.decode()
        assert roles() == ["administrator"]


def test_groups_are_found_in_the_id_token_and_under_a_path(client, provider, settings):
    settings.OIDC = replace(settings.OIDC, roles_claim="realm_access.roles")
    provider.token_says = {"realm_access": {"roles": ["Pomona-Helpdesk"]}}
    come(client, provider, DORA)
    assert roles() == ["helpdesk"]


def test_without_mapped_roles_only_people_of_here_come_in(client, provider, settings, alice):
    settings.OIDC = replace(settings.OIDC, roles=())
    answer = come(client, provider, HELPDESK)
    assert "Nobody here is connected with this account." in answer.content.decode()

    SocialAccount.objects.create(user=alice, provider="sso", uid=DORA["sub"])
    come(client, provider, HELPDESK)
    assert is_signed_in(client)
    assert roles("alice") == ["administrator"]


def test_an_installation_may_make_nobody(client, provider, settings):
    settings.OIDC = replace(settings.OIDC, makes_people=False)
    assert come(client, provider, HELPDESK).status_code == 403
    assert not Person.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_service": True}])
def test_a_closed_account_does_not_open_by_the_provider(client, provider, change):
    come(client, provider, HELPDESK)
    Person.objects.update(**change)
    other = Client()
    assert come(other, provider, {**DORA, "groups": ["Pomona-Admins"]}).headers["Location"] == "/accounts/inactive/"
    assert not is_signed_in(other)
    assert roles() == ["helpdesk"]


# --- Scope tags never widen -------------------------------------------------------------------------------------------
def test_scope_tags_are_those_of_the_groups(client, provider, settings):
    ScopeTag.objects.create(name="Lyon")
    maps_tags(settings, ("Everybody", "Lyon"))
    come(client, provider, HELPDESK)
    assert [tag.name for tag in person().scope_tags.all()] == ["Lyon"]
    assert not person().sees_everything


@pytest.mark.parametrize("pair", [("Everybody", "Lyon"), ("Others", "Here")])
def test_who_would_be_left_without_a_scope_tag_is_refused_instead_of_seeing_everything(
    client, provider, settings, pair
):
    ScopeTag.objects.create(name="Here")
    maps_tags(settings, pair)
    answer = come(client, provider, HELPDESK)
    assert answer.status_code == 403
    assert "part of the organisation" in answer.content.decode()
    assert not Person.objects.exists()


def test_who_leaves_the_group_of_their_only_tag_keeps_it_and_loses_their_roles(client, provider, settings):
    ScopeTag.objects.create(name="Lyon")
    maps_tags(settings, ("Everybody", "Lyon"))
    come(client, provider, HELPDESK)
    assert come(Client(), provider, {**DORA, "groups": ["Pomona-Helpdesk"]}).status_code == 403
    assert [tag.name for tag in person().scope_tags.all()] == ["Lyon"]
    assert roles() == []


def test_everything_is_seen_only_where_the_mapping_says_so(client, provider, settings):
    maps_tags(settings, ("Everybody", "*"))
    come(client, provider, HELPDESK)
    assert person().sees_everything


# --- Nobody is taken over ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "claims", [{"preferred_username": "ALICE"}, {"preferred_username": "alice", "email_verified": True}]
)
def test_a_name_that_is_taken_here_is_not_taken_over(client, provider, alice, claims):
    answer = come(client, provider, {**HELPDESK, **claims})
    assert answer.status_code == 403
    assert "here already" in answer.content.decode()
    assert not SocialAccount.objects.exists()
    assert roles("alice") == ["administrator"]


def test_an_address_that_is_known_here_opens_no_account(client, provider, alice):
    come(client, provider, {**HELPDESK, "email": alice.email, "email_verified": True})
    assert person().pk != alice.pk
    assert roles("alice") == ["administrator"]


def test_the_account_is_known_by_its_subject_whatever_it_is_called(client, provider):
    come(client, provider, HELPDESK)
    come(Client(), provider, {**HELPDESK, "preferred_username": "dora.married", "email": "new@orchard.example"})
    assert Person.objects.count() == 1
    assert come(Client(), provider, {**HELPDESK, "sub": "another"}).status_code == 403


@pytest.mark.parametrize("name", ["", "two words", "x" * 151, "a/b"])
def test_a_name_that_cannot_be_used_is_told(client, provider, name):
    answer = come(client, provider, {**HELPDESK, "preferred_username": name, "email": ""})
    assert answer.status_code == 403
    assert "no username that could be used here" in answer.content.decode()
    assert not Person.objects.exists()


def test_an_address_that_is_none_is_left_out(client, provider):
    come(client, provider, {**HELPDESK, "email": "none at all"})
    assert person().email == ""


def test_somebody_of_here_connects_their_account_after_confirming_that_it_is_they(client, provider, alice):
    a_person("another manager", "administrator")
    client.force_login(alice)
    asked = client.post("/accounts/oidc/sso/login/", {"process": "connect"})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": "a long password"})
    answer = come(client, provider, HELPDESK, process="connect")

    assert answer.headers["Location"] == "/accounts/oidc/connections/"
    assert SocialAccount.objects.get().user == alice
    assert roles("alice") == ["administrator"]
    assert AuditEntry.objects.filter(action="person.provider_connected", who="alice").exists()
    other = Client()
    come(other, provider, HELPDESK)
    assert is_signed_in(other)
    assert roles("alice") == ["helpdesk"], "from now on the provider says"


def test_ones_account_offers_to_connect_and_to_disconnect(as_alice, alice, provider, settings):
    assert ">Connect<" in as_alice.get("/account/").content.decode()
    SocialAccount.objects.create(user=alice, provider="sso", uid=DORA["sub"])
    assert ">Disconnect<" in as_alice.get("/account/").content.decode()
    settings.OIDC, settings.SOCIALACCOUNT_PROVIDERS = None, {}
    assert ">Disconnect<" in as_alice.get("/account/").content.decode()


def test_somebody_takes_the_connection_away_again(client, provider, alice):
    SocialAccount.objects.create(user=alice, provider="sso", uid=DORA["sub"])
    client.force_login(alice)
    client.post("/accounts/reauthenticate/", {"password": "a long password"})
    client.post("/account/disconnect/")
    assert not SocialAccount.objects.exists()


def test_who_has_no_password_keeps_the_connection(client, provider):
    come(client, provider, HELPDESK)
    client.post("/account/disconnect/")
    assert SocialAccount.objects.exists()


def test_no_password_is_set_for_somebody_of_the_provider(client, provider, mailoutbox):
    come(client, provider, HELPDESK)
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": DORA["email"]})
    assert mailoutbox == []
    come(client, provider, HELPDESK)
    assert client.post("/accounts/password/set/", {"password1": "x" * 12, "password2": "x" * 12}).status_code == 302
    assert not person().has_usable_password()


def test_an_administrator_of_the_machine_does_not_depend_on_the_provider(client, provider, alice):
    SocialAccount.objects.create(user=alice, provider="sso", uid=DORA["sub"])
    Person.objects.update(is_superuser=True)
    assert come(client, provider, DORA).status_code == 403
    assert roles("alice") == ["administrator"]


# --- A provider that does wrong ---------------------------------------------------------------------------------------
def test_an_id_token_signed_by_somebody_else_opens_nothing(client, provider):
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert come(client, provider, HELPDESK).status_code == 401
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "says", [{"aud": "another client"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": "another"}]
)
def test_an_id_token_for_somebody_or_something_else_opens_nothing(client, provider, says):
    provider.token_says = says
    assert come(client, provider, HELPDESK).status_code == 401
    assert not Person.objects.exists()


def test_a_code_of_another_browser_opens_nothing(client, provider):
    provider.claims = HELPDESK
    page = client.post("/accounts/oidc/sso/login/").content.decode()
    to = html.unescape(re.search(r'content="0;url=([^"]+)"', page)[1])
    back = urlsplit(requests.get(to, allow_redirects=False, timeout=5).headers["Location"])
    victim = Client()
    assert victim.get(f"{back.path}?{back.query}").status_code == 401
    assert not is_signed_in(victim)


def test_who_cancels_there_is_told_so(client, provider):
    provider.refuses = "access_denied"
    answer = come(client, provider, HELPDESK)
    assert "You cancelled it" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("status", [404, 500])
def test_a_provider_that_is_ill_is_told(client, provider, status):
    provider.status = status
    answer = client.post("/accounts/oidc/sso/login/", follow=True)
    assert "Orchard ID does not answer as it should. Try again later." in answer.content.decode()


def test_a_provider_that_is_away_is_told(client, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS = for_allauth(replace(settings.OIDC, url="http://127.0.0.1:9"))
    answer = client.post("/accounts/oidc/sso/login/", follow=True)
    assert "does not answer as it should" in answer.content.decode()


def test_a_provider_that_falls_ill_in_between_is_told(client, provider):
    provider.claims = {"groups": ["Pomona-Helpdesk"]}  # without a subject
    answer = come(client, provider, provider.claims)
    assert answer.headers["Location"] == "/accounts/login/"


# --- Around it --------------------------------------------------------------------------------------------------------
def test_the_provider_is_in_charge_of_second_factors(client, provider):
    require_mfa(True, by=None)
    come(client, provider, HELPDESK)
    assert is_signed_in(client)


def test_nothing_is_kept_to_act_in_their_name(client, provider):
    come(client, provider, HELPDESK)
    assert not SocialToken.objects.exists()


def test_no_secret_is_shown_on_the_page_of_settings(as_alice, provider):
    page = as_alice.get("/access/sign-in/").content.decode()
    assert "Orchard ID" in page
    assert "http://localhost:8000/accounts/oidc/sso/login/callback/" in page
    assert "“no-such-role” does not exist" in page
    assert SECRET not in page


def test_one_who_is_narrowed_does_not_read_how_everyone_signs_in(as_charlie):
    assert as_charlie.get("/access/sign-in/").status_code == 403
