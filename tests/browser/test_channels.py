"""WARN-3: a channel is added in a real browser; its test fails and says why, until it is mended."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.filterwarnings("default")]


@pytest.fixture
def page(admin_page, demo):
    admin_page.goto(f"http://localhost:{demo.port}/")
    admin_page.get_by_role("link", name="Channels", exact=True).click()
    return admin_page


def test_a_channel_is_added_and_a_test_message_that_fails_says_why(page):
    page.get_by_role("link", name="Add channel").first.click()
    address = page.get_by_role("textbox", name="Address", exact=True)
    mailboxes = page.get_by_label("E-mail addresses")
    expect(mailboxes).to_be_visible()
    expect(address).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Slack")).check()
    expect(address).to_be_visible()
    expect(mailboxes).to_be_hidden()

    page.get_by_label("Name").fill("On call")
    address.fill("https://10.0.0.1/services/secret")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("10.0.0.1 is not on the internet")
    expect(page.get_by_label("Name")).to_have_value("On call")
    expect(address).to_have_value("")

    address.fill("https://no-such-receiver.invalid/services/secret")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="On call")).to_be_visible()
    expect(page.get_by_text("Not used yet")).to_be_visible()

    page.get_by_role("button", name="Send a test message").click()
    expect(page.locator(".toast")).to_contain_text(
        "The name no-such-receiver.invalid is not known to the name service."
    )
    expect(page.locator("main .note")).to_contain_text("Messages have not arrived since")
    expect(page.get_by_text("Failing", exact=True)).to_be_visible()
    page.get_by_role("link", name="Channels", exact=True).first.click()
    expect(page.get_by_role("row", name=re.compile("On call"))).to_contain_text("Failing")
    expect(page.get_by_text("services/secret")).to_have_count(0)


def test_a_mailbox_gets_its_test_message(page, demo):
    page.get_by_role("link", name="Add channel").first.click()
    page.get_by_label("Name").fill("Service desk")
    page.get_by_label("E-mail addresses").fill("desk@orchard.example")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_text("The test message has arrived at “Service desk”.")).to_be_visible()
    page.goto(f"http://localhost:{demo.port}/mails/")
    expect(page.get_by_text("Test message from Pomona").first).to_be_visible()
