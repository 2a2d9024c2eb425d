"""Rules in a real browser: conditions that come and go in place, an order by dragging and by keys."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.filterwarnings("default")]


@pytest.fixture
def page(admin_page, demo):
    admin_page.goto(f"http://localhost:{demo.port}/tokens/")
    admin_page.locator("main tbody th a").first.click()
    admin_page.get_by_role("link", name="Rules", exact=True).click()
    return admin_page


def names(page):
    return page.locator("[data-rule] .rule-name a").all_inner_texts()


def settled(page):
    """What htmx has put into the page listens by now."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def add(page, name, value):
    page.get_by_role("link", name="Add rule").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Profile").select_option(index=1)
    page.get_by_label("Shadow").check()
    page.get_by_label("Value").fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule is saved.")).to_be_visible()


def test_a_rule_is_filled_in_previewed_saved_and_put_in_order(page):
    page.get_by_role("link", name="Add rule").click()
    page.get_by_label("Name").fill("First")
    page.get_by_label("Profile").select_option(index=1)
    page.get_by_label("Shadow").check()
    page.get_by_label("What is looked at").select_option("Assigned on")
    expect(page.get_by_label("What must be so").get_by_role("option", name="on or after")).to_be_attached()
    settled(page)
    page.get_by_label("What must be so").select_option("on or after")
    expect(page.locator('input[type="date"]')).to_be_visible()
    page.locator('input[type="date"]').fill("2015-01-01")
    page.get_by_role("button", name="or another group of conditions").click()
    expect(page.get_by_role("group", name="Group 2: all of these must hold")).to_be_visible()
    page.get_by_role("button", name="Remove the condition").nth(1).click()
    expect(page.get_by_role("group", name="Group 2: all of these must hold")).not_to_be_attached()
    expect(page.get_by_label("Name")).to_have_value("First")
    page.get_by_label("Name").press("Enter")  # looks before it saves
    expect(
        page.get_by_role("heading", name="What it would decide about the devices that are there")
    ).to_be_in_viewport()
    page.get_by_role("button", name="Save").click()
    add(page, "Second", "iPad")
    add(page, "Third", "iPhone")
    assert names(page) == ["First", "Second", "Third"]
    expect(page.locator(".rule-counts dd").first).to_have_text(re.compile("[0-9]+"))

    handle, first = page.locator("[data-handle]").nth(2), page.locator("[data-rule]").first
    start, end = handle.bounding_box(), first.bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, (start["y"] + end["y"]) / 2, steps=10)
    page.mouse.move(start["x"] + 5, end["y"] + 2, steps=10)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?moved="))
    assert names(page) == ["Third", "First", "Second"]

    expect(page.locator(".rule-counts dd").first).to_have_text(re.compile("[0-9]+"))
    expect(page.locator("[data-rule]").first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("ArrowDown")
    assert names(page) == ["First", "Third", "Second"]
    expect(page.locator(".rule-counts dd").first).to_have_text(re.compile("[0-9]+"))
    expect(page.locator("[data-rule]").nth(1)).to_be_focused()
    with page.expect_navigation():
        page.get_by_role("button", name="Move “First” down").click()
    assert names(page) == ["Third", "First", "Second"]
