"""Helpdesk finds a device by a part of its serial number and reads why it does not enroll, for eight causes."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.demo import ROOT

pytestmark = [pytest.mark.filterwarnings("default")]

# A part of the serial number → what the doctor says first, and what is to be done.
CAUSES = {
    "NTOTHER": ("It is in the token “Paris”. It left “Nantes” on", "It gets the profiles of “Paris”."),
    "NTEXPIR": ("“Brest”: Expired.", "Download a new token in the portal and renew it here."),
    "NTTERMS": ("“Lille”: Terms not signed.", "must accept them in the portal"),
    "NTNOPRO": ("None: nobody has said which, and Apple has none.", "Assign a profile to it."),
    "NTTHROT": ("Apple holds this device back: it asks to wait until", "Pomona asks again by itself."),
    "NTOLDRE": ("it was given revision 0; revision 1 is the current one.", "Erase the device and activate it again"),
    "NTGONE0": ("It left the server of “Paris” on", "Assign it to the MDM server in the portal again"),
}


@pytest.fixture
def page(demo, chromium):
    environment = {**os.environ, "DATA_DIR": str(demo.folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment |= {name: os.environ[name]} if name in os.environ else {}
    subprocess.run([sys.executable, "-m", "tests.browser.plant"], cwd=ROOT, env=environment, check=True)
    context = chromium.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    yield sign_in(context, f"http://localhost:{demo.port}", "helpdesk")
    context.close()


def find(page, words):
    """By the key that leads to the search, from wherever one is."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_helpdesk_reads_the_answer_for_eight_causes(page):
    for part, (answer, next_step) in CAUSES.items():
        find(page, part.lower())
        row = page.get_by_role("row").filter(has_text=part)
        # Of two with the same number the one that is there is meant.
        row.filter(has_not_text="Released" if part == "NTOTHER" else "never").get_by_role("link", name=part).click()
        page.get_by_role("link", name="Serial doctor").last.click()
        told = page.locator(".answer")
        expect(told).to_contain_text(answer)
        expect(told).to_contain_text(next_step)

    find(page, "PLANTNOWHERE9")
    page.get_by_role("link", name="Ask the serial doctor").click()
    expect(page.locator(".answer")).to_contain_text("No token that you may see has this serial number.")
    expect(page.locator("#apple-now")).to_contain_text("Apple was asked as")
    page.get_by_role("button", name="Copy for a ticket").click()
    ticket = page.evaluate("navigator.clipboard.readText()")
    assert "Serial doctor: PLANTNOWHERE9" in ticket
    assert "[!] Is it in one of our tokens? No token that you may see has this serial number." in ticket


def test_a_whole_serial_number_leads_straight_to_its_device(page):
    find(page, "s planttThrott1".replace("tT", "T"))
    expect(page.get_by_role("heading", name="PLANTTHROTT1")).to_be_visible()
