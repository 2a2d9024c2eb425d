"""What the environment says of a sign-in provider is taken whole and safe, or not at all."""

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.oidc import for_allauth, mapping, openid_provider


def provider(monkeypatch, **said):
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return openid_provider(environ.Env())


def test_without_an_address_there_is_none(monkeypatch):
    assert provider(monkeypatch, OIDC_CLIENT_ID="pomona") is None
    assert for_allauth(None) == {}


@pytest.mark.parametrize("url", ["http://id.example", "ftp://id.example", "id.example"])
def test_an_address_anybody_could_answer_for_is_refused(monkeypatch, url):
    with pytest.raises(ImproperlyConfigured, match="https"):
        provider(monkeypatch, OIDC_URL=url, OIDC_CLIENT_ID="pomona")


def test_a_client_is_needed(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID"):
        provider(monkeypatch, OIDC_URL="https://id.example")


def test_what_is_not_said_has_a_sensible_default(monkeypatch):
    found = provider(monkeypatch, OIDC_URL="https://id.example/", OIDC_CLIENT_ID="pomona", OIDC_CLIENT_SECRET="s3cret")
    assert (found.url, found.name, found.roles_claim, found.roles) == ("https://id.example", "id.example", "groups", ())
    assert "s3cret" not in repr(found)
    app = for_allauth(found)["openid_connect"]["APPS"][0]
    assert app["settings"]["oauth_pkce_enabled"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        ("Admins=administrator, Desk = helpdesk", (("Admins", "administrator"), ("Desk", "helpdesk"))),
        ("Admins=administrator,Admins=auditor", (("Admins", "administrator"), ("Admins", "auditor"))),
        ("CN=Admins,OU=IT=administrator;", (("CN=Admins,OU=IT", "administrator"),)),
        ("Lyon=Lyon; Paris=Île-de-France", (("Lyon", "Lyon"), ("Paris", "Île-de-France"))),
    ],
)
def test_a_mapping_is_a_list_of_pairs(text, pairs):
    assert mapping("OIDC_ROLES", text) == pairs


@pytest.mark.parametrize("text", ["Admins", "Admins=", "=administrator"])
def test_a_mapping_that_is_none_is_told(text):
    with pytest.raises(ImproperlyConfigured, match="OIDC_ROLES"):
        mapping("OIDC_ROLES", text)
