"""The device list in a real browser: filters that apply at once, addresses that can be sent, columns, views, keys."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.filterwarnings("default")]


@pytest.fixture
def page(admin_page, demo):
    admin_page.goto(f"http://localhost:{demo.port}/devices/")
    return admin_page


def test_filters_apply_at_once_and_stand_in_the_address_alone(page):
    page.get_by_role("combobox", name="Status at Apple").select_option("Empty")
    expect(page).to_have_url(re.compile(r"/devices/\?apple_status=empty$"))
    page.get_by_text("More filters").click()
    page.get_by_role("combobox", name="Model").fill("ipad")
    page.get_by_role("combobox", name="Model").press("Enter")
    expect(page).to_have_url(re.compile(r"/devices/\?apple_status=empty&model=ipad$"))
    for cell in page.locator("td[data-label=Model]").all_inner_texts():
        assert "iPad" in cell
    # The commands and the menus know of the filters without a new page.
    assert "model=ipad" in page.get_by_role("link", name="Export CSV").get_attribute("href")
    page.get_by_role("link", name="Model", exact=True).click()
    expect(page).to_have_url(re.compile(r"apple_status=empty&model=ipad&sort=model$"))
    expect(page.get_by_role("columnheader", name="Model")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Without “Status at Apple”").click()
    expect(page).to_have_url(re.compile(r"/devices/\?model=ipad&sort=model$"))
    # A page that was left is whole when one comes back to it.
    page.get_by_role("combobox", name="Assignment").select_option("Failed")
    expect(page).to_have_url(re.compile(r"state=failed"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/devices/\?model=ipad&sort=model$"))
    expect(page.get_by_role("combobox", name="Assignment")).to_have_value("")
    expect(page.get_by_role("heading", name="Devices", level=1)).to_be_visible()
    # What is chosen next keeps the order.
    page.get_by_role("combobox", name="Family").select_option("iPad")
    expect(page).to_have_url(re.compile(r"/devices/\?family=iPad&model=ipad&sort=model$"))
    expect(page.get_by_role("link", name="Without “Family”")).to_be_visible()


def test_columns_and_views_are_ones_own(page):
    page.get_by_role("combobox", name="Assignment").select_option("Nothing wanted")
    expect(page.get_by_role("link", name="Without “Assignment”")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Asset tag").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Asset tag")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?state=nothing_wanted$"))
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Save these filters and their order as").fill("Still to do")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="Still to do")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Still to do").click()
    expect(page).to_have_url(re.compile(r"\?state=nothing_wanted$"))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Delete the view “Still to do”").click()
    expect(page.get_by_text("The view “Still to do” is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Still to do")).to_have_count(0)


def test_a_slash_goes_to_the_search_and_escape_leaves_it(page):
    search = page.get_by_label("Find a device")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    serial = page.locator("tbody th a").first.inner_text()
    page.keyboard.press("/")
    page.keyboard.type(serial.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=serial)).to_be_visible()
