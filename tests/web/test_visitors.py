"""Every page has three visitors: one who may, one who may only read (403), one outside the scope (404)."""

import pytest
from django.urls import URLPattern, get_resolver, reverse

from enrollment import limits
from enrollment.actions.access.save_device_view import save_device_view
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.actions.serials.read_serials import read_serials
from enrollment.actions.tokens.start_token import start_token
from enrollment.apple.bypass_code import new_bypass_code
from enrollment.encryption import encrypt
from enrollment.models import (
    ActivationLock,
    AuditEntry,
    Device,
    ForeignProfile,
    KeyPair,
    OperationKind,
    Profile,
    SyncRun,
    Token,
)
from tests.cast import a_device, a_profile, a_rule, a_run, a_token, a_vpp_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(alice, monkeypatch):
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (1, 1))
    token = a_token(name="Ours")
    KeyPair.objects.create(token=token, certificate_pem="x", sealed_private_key=b"x", fingerprint="AA")
    profile = a_profile(token, apple_uuid="A" * 32)
    device = a_device(token)
    AuditEntry.record("device.refreshed", device, by=None)  # its turn is used up: nobody answers for Apple here
    return {
        "token": token,
        "profile": profile,
        "device": device,
        "rule": a_rule(profile, [("family", "is", "iPad")]),
        "run": a_run(token),
        "serial_list": read_serials(device.serial, name="Delivery", by=alice),
        "lock": ActivationLock.objects.create(
            token=token, serial=device.serial, sealed_bypass_code=encrypt(new_bypass_code())
        ),
        "operation": start_operation(OperationKind.ASSIGN, [Choice(token.devices.all(), profile)], by=alice),
        "token_draft": start_token(by=alice),
        "foreign": ForeignProfile.objects.create(token=token, apple_uuid="F" * 32, payload={}),
        "vpp_token": a_vpp_token(),
        "profile_draft": start_profile(token, by=alice),
        "view": save_device_view(alice, "Ours", "state=failed"),
    }


# URL name → (method, which thing, more arguments, what Bob who only reads gets, what Charlie from elsewhere gets).
PAGES = {
    "home": ("get", None, [], 200, 200),
    "device-list": ("get", None, [], 200, 200),
    "device-search": ("get", None, [], 302, 302),
    "device-export": ("get", None, [], 200, 200),
    "device-columns": ("post", None, [], 302, 302),
    "device-view-save": ("post", None, [], 200, 200),
    "device-view-delete": ("post", "view", [], 404, 404),
    "operation-new": ("post", None, ["assign"], 403, 200),
    "operation-list": ("get", None, [], 200, 200),
    "operation-detail": ("get", "operation", [], 200, 404),
    "operation-confirm": ("post", "operation", [], 403, 404),
    "operation-retry": ("post", "operation", [], 403, 404),
    "operation-discard": ("post", "operation", [], 403, 404),
    "operation-export": ("get", "operation", [], 200, 404),
    "device-detail": ("get", "device", [], 200, 404),
    "device-delete": ("post", "device", [], 403, 404),
    "device-refresh": ("post", "device", [], 302, 404),
    "serial-lists": ("get", None, [], 200, 200),
    "serial-list-new": ("get", None, [], 200, 200),
    "serial-list": ("get", "serial_list", [], 404, 404),
    "serial-list-assign": ("get", "serial_list", [], 404, 404),
    "serial-list-export": ("get", "serial_list", [], 404, 404),
    "serial-list-delete": ("post", "serial_list", [], 404, 404),
    "serial-doctor": ("get", None, [], 200, 200),
    "device-bypass-code": ("post", "lock", [], 403, 404),
    "token-list": ("get", None, [], 200, 200),
    "token-new": ("post", None, [], 403, 302),
    "token-certificate": ("post", "token_draft", [], 404, 302),
    "token-new-key": ("post", "token_draft", [], 404, 302),
    "token-create": ("post", "token_draft", [], 404, 302),
    "token-discard": ("post", "token_draft", [], 404, 302),
    "token-wizard": ("get", "token_draft", ["basics"], 404, 200),
    "token-detail": ("get", "token", [], 200, 404),
    "token-edit": ("get", "token", [], 403, 404),
    "token-sync": ("post", "token", [], 403, 404),
    "token-sync-panel": ("get", "token", [], 200, 404),
    "token-tab": ("get", "token", ["history"], 200, 404),
    "rule-list": ("get", "token", [], 200, 404),
    "rule-new": ("get", "token", [], 403, 404),
    "rules-order": ("post", "token", [], 403, 404),
    "rules-brake": ("post", "token", [], 403, 404),
    "rules-apply": ("post", "token", [], 403, 404),
    "rule-edit": ("get", "rule", [], 403, 404),
    "rule-delete": ("get", "rule", [], 403, 404),
    "sync-run": ("get", "run", [], 200, 404),
    "profile-list": ("get", None, [], 200, 200),
    "profile-new": ("get", None, [], 403, 200),
    "profile-save": ("post", "profile_draft", [], 404, 404),
    "profile-discard": ("post", "profile_draft", [], 404, 404),
    "profile-wizard": ("get", "profile_draft", ["basics"], 404, 404),
    "profile-detail": ("get", "profile", [], 200, 404),
    "profile-edit": ("post", "profile", [], 403, 404),
    "profile-default": ("post", "profile", [], 403, 404),
    "profile-give-default": ("post", "profile", [], 403, 404),
    "profile-delete": ("post", "profile", [], 403, 404),
    "profile-import": ("get", None, [], 403, 200),
    "profile-take-over": ("post", "foreign", [], 403, 404),
    "profile-draft-preview": ("get", "profile_draft", [], 404, 404),
    "profile-preview": ("get", "profile", [], 200, 404),
    "profile-compare": ("get", "profile", [], 200, 404),
    "profile-restore": ("post", "profile", [1], 403, 404),
    "profile-apple": ("get", "profile", [], 200, 404),
    "profile-ask-apple": ("post", "profile", [], 403, 404),
    "profile-export": ("get", "profile", ["json"], 200, 404),
    "vpp-token-list": ("get", None, [], 200, 200),
    "vpp-token-new": ("get", None, [], 403, 200),
    "vpp-token-delete": ("post", "vpp_token", [], 403, 404),
    "token-renew": ("get", "token", [], 403, 404),
    "token-renew-key": ("post", "token", [], 403, 404),
    "token-renew-certificate": ("post", "token", [], 403, 404),
    "token-delete": ("get", "token", [], 403, 404),
    "token-clear-devices": ("post", "token", [], 403, 404),
    "token-clear-profiles": ("post", "token", [], 403, 404),
    "profile-tab": ("get", "profile", ["revisions"], 200, 404),
    "activity-list": ("get", None, [], 403, 200),
    "guidance": ("get", None, [], 200, 200),
    "guidance-page": ("get", None, ["renew"], 200, 200),
    "mail-list": ("get", None, [], 403, 200),
}
PERSONAL = {"token-certificate", "token-new-key", "token-create", "token-discard", "token-wizard"}


def visit(browser, name, things):
    method, thing, more, *_answers = PAGES[name]
    arguments = [things[thing].pk, *more] if thing else more
    return getattr(browser, method)(reverse(name, args=arguments))


def test_every_page_stands_in_the_table():
    ours = {p.name for p in get_resolver("enrollment.web.urls").url_patterns if isinstance(p, URLPattern)}
    assert ours == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_one_who_may(name, things, as_alice, settings):
    settings.SHOW_MAILS = True
    assert visit(as_alice, name, things).status_code in (200, 302)


@pytest.mark.parametrize("name", PAGES)
def test_one_who_may_only_read(name, things, as_bob, settings):
    settings.SHOW_MAILS = True
    before = state()
    assert visit(as_bob, name, things).status_code == PAGES[name][3]
    assert state() == before


@pytest.mark.parametrize("name", sorted(set(PAGES) - PERSONAL))
def test_one_from_elsewhere(name, things, as_charlie, settings):
    settings.SHOW_MAILS = True
    answer = visit(as_charlie, name, things)
    assert answer.status_code == PAGES[name][4]
    assert "Ours" not in answer.getvalue().decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_asked_to_sign_in(name, things, client):
    answer = visit(client, name, things)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def state():
    tables = (Token, Profile, Device, SyncRun)
    return [list(table.objects.order_by("pk").values()) for table in tables]
