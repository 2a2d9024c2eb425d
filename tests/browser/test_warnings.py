"""WARN-2 in a real browser: the bell, and a warning that is snoozed with a reason and woken again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask_inside, sign_in

pytestmark = [pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def token(demo):
    """The key of a token that Apple rejects."""
    return ask_inside(demo, "refuse", "Bellflower")


@pytest.fixture
def page(admin_page, demo, token):
    admin_page.goto(f"http://localhost:{demo.port}/")
    return admin_page


@pytest.fixture
def page_without_scripts(demo, chromium, token):
    context = chromium.new_context(locale="en-GB", java_script_enabled=False)
    yield sign_in(context, f"http://localhost:{demo.port}", "admin")
    context.close()


def bell(page):
    return page.get_by_role("button", name=re.compile(r"^(No|[0-9]+) warnings?\b"))


def count(page):
    """As the bell says it to who does not see it; what it shows is the same."""
    said = int(re.match(r"[0-9]+|No", bell(page).get_attribute("aria-label"))[0].replace("No", "0"))
    shown = page.locator(".bell-count")
    assert said == (int(shown.inner_text()) if shown.count() else 0)
    return said


def open_the_warning(page):
    page.get_by_role("link", name="Warnings", exact=True).click()
    page.get_by_role("link", name=re.compile("^Details ?: Apple rejects the token “Bellflower”")).click()
    expect(page.get_by_role("heading", name="Apple rejects the token “Bellflower”.")).to_be_visible()


def test_the_bell_opens_and_leads_to_what_it_tells(page, token):
    assert "unhealthy" in bell(page).get_attribute("aria-label")
    menu = page.locator("#bell")
    expect(menu).to_be_hidden()
    bell(page).click()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    bell(page).press("Enter")
    menu.get_by_role("link", name="Apple rejects the token “Bellflower”.").click()
    expect(page).to_have_url(re.compile(rf"/tokens/{token}/$"))
    bell(page).click()
    menu.get_by_role("link", name="All warnings").click()
    expect(page).to_have_url(re.compile(r"/warnings/$"))


def test_a_snooze_needs_a_reason_and_waking_brings_the_warning_back(page):
    before = count(page)
    open_the_warning(page)
    page.get_by_role("link", name="Snooze", exact=True).click()
    expect(page.get_by_label("Until", exact=True)).to_be_hidden()
    page.get_by_text("Until a date").click()
    page.get_by_label("Until", exact=True).fill("2020-01-01")
    page.get_by_label("Why").fill("Jeanne is away")
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("Choose a time that is still to come.", exact=True)).to_be_visible()
    expect(page.get_by_label("Until a date")).to_be_checked()
    expect(page.get_by_label("Why")).to_have_value("Jeanne is away")
    page.get_by_text("For 30 days").click()
    expect(page.get_by_label("Until", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("by admin: “Jeanne is away”").first).to_be_visible()
    assert count(page) == before - 1
    page.get_by_role("button", name="End the snooze").click()
    expect(page.get_by_text("The snooze is over")).to_be_visible()
    assert count(page) == before


def test_all_of_it_works_without_scripts(page_without_scripts, token):
    page = page_without_scripts
    bell(page).click()
    expect(page.locator("#bell")).to_be_visible()
    page.locator("#bell").get_by_role("link", name="Apple rejects the token “Bellflower”.").click()
    expect(page).to_have_url(re.compile(rf"/tokens/{token}/$"))
    before = count(page)
    open_the_warning(page)
    page.get_by_role("link", name="Snooze", exact=True).click()
    page.get_by_text("For a week").click()
    page.get_by_label("Why").evaluate("field => field.removeAttribute('required')")
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("This field is required.", exact=True)).to_be_visible()
    expect(page.get_by_label("For a week")).to_be_checked()
    page.get_by_label("Why").fill("The holidays")
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("by admin: “The holidays”").first).to_be_visible()
    assert count(page) == before - 1
    page.get_by_role("button", name="End the snooze").click()
    assert count(page) == before
