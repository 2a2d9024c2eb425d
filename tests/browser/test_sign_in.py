"""ROLE-4 in a real browser: an authenticator app and a passkey, set up and signed in with."""

import os
import subprocess
import sys
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.demo import ROOT

STEP = 30  # seconds a code is shown


def a_person(demo, name: str) -> str:
    """Somebody of their own, so that no other test has to care; their password."""
    environment = {**os.environ, "DATA_DIR": str(demo.folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "add_person", name, "--role", "helpdesk"]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return said.stdout.split(" / ")[1].strip()


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP))


@pytest.fixture
def page(chromium):
    """A browser nobody has signed in with, in which nothing may go wrong unseen."""
    context = chromium.new_context(locale="en-GB")
    problems = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page = context.new_page()
    yield page
    context.close()
    assert problems == []


def enter(page: Page, base: str, name: str, password: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def is_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(demo, page):
    base, password = f"http://localhost:{demo.port}", a_person(demo, "dora")
    enter(page, base, "dora", password)
    is_in(page)
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("It cannot be scanned?").click()
    secret = page.locator("code.secret-key").inner_text()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_text("These codes are shown now and never again.")).to_be_visible()
    recovery = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download").click()
    assert kept.value.path().read_text().split() == recovery
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 codes are left")).to_be_visible()

    leave(page)
    enter(page, base, "dora", password)
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(page)

    leave(page)
    enter(page, base, "dora", password)
    page.get_by_label("Code").fill(recovery[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(page)


def test_a_passkey_is_made_and_signs_in_without_a_password(demo, page):
    base, password = f"http://localhost:{demo.port}", a_person(demo, "emil")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    enter(page, base, "emil", password)
    is_in(page)
    page.goto(f"{base}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Emil's telephone")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Emil's telephone")).to_be_visible()

    leave(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_in(page)

    leave(page)
    enter(page, base, "emil", password)
    page.get_by_role("button", name="Use a passkey").click()
    is_in(page)

    leave(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The browser brought no passkey")).to_be_visible()
