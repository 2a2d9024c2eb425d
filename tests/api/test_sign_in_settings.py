"""How everyone signs in, for programs (ROLE-4)."""

import environ
import pytest

from config.oidc import openid_provider
from enrollment.models import AuditEntry, Installation

pytestmark = pytest.mark.django_db


def test_second_factors_are_needed_and_no_longer(program, alice):
    ask = program(alice)
    assert ask("get", "sign-in-settings/").json() == {"requires_mfa": False, "provider": None}
    assert ask("put", "sign-in-settings/", data={"requires_mfa": True}).json()["requires_mfa"] is True
    assert Installation.this().requires_mfa
    entry = AuditEntry.objects.get(action="installation.mfa_required")
    assert (entry.who, entry.after) == ("alice", {"required": True})
    assert ask("put", "sign-in-settings/", data={"requires_mfa": False}).json()["requires_mfa"] is False
    assert list(ask("put", "sign-in-settings/", data={}).json()["errors"]) == ["requires_mfa"]


def test_it_is_for_who_manages_access_and_sees_everything(program, alice, bob, charlie):
    for person in (bob, charlie):
        assert program(person)("get", "sign-in-settings/").status_code == 403
        assert program(person)("put", "sign-in-settings/", data={"requires_mfa": True}).status_code == 403
    assert program(alice, role="helpdesk")("get", "sign-in-settings/").status_code == 403
    assert not Installation.this().requires_mfa


def test_the_provider_is_told_without_its_secret(program, alice, settings, monkeypatch):
    for name, said in (
        ("OIDC_URL", "https://login.example"),
        ("OIDC_CLIENT_ID", "pomona"),
        ("OIDC_CLIENT_SECRET", "sssh"),
        ("OIDC_ROLES", "it=administrator"),
        ("OIDC_SCOPE_TAGS", "it=*"),
    ):
        monkeypatch.setenv(name, said)
    settings.OIDC = openid_provider(environ.Env())
    answer = program(alice)("get", "sign-in-settings/")
    provider = answer.json()["provider"]
    assert (provider["name"], provider["client_id"]) == ("login.example", "pomona")
    assert provider["roles"] == [{"group": "it", "gives": "administrator"}]
    assert provider["scope_tags"] == [{"group": "it", "gives": "*"}]
    assert provider["redirect_url"].endswith("/accounts/oidc/sso/login/callback/")
    assert "sssh" not in answer.content.decode()
