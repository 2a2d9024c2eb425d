"""The purpose of the program, done by hand in a real browser: connect, sync, describe, assign, see Apple confirm."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.filterwarnings("default")]


def test_connect_sync_describe_assign_and_see_it_confirmed(demo, chromium, tmp_path):
    base = f"http://localhost:{demo.port}"
    context = chromium.new_context(accept_downloads=True, locale="en-GB")
    problems = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    # Connect: the first step, then the tab is closed.
    page = sign_in(context, base, "admin")
    page.get_by_role("link", name="Enrollment program tokens").first.click()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("I agree").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the public key (.pem)").click()
    pem = tmp_path / "key.pem"
    download.value.save_as(pem)
    page.close()

    # The draft survived. In the portal the key becomes a token.
    page = context.new_page()
    page.goto(f"{base}/tokens/")
    page.get_by_role("link", name="Finish setting up").click()
    page.get_by_role("button", name="Next").click()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open the pretend portal").click()
    portal = opened.value
    portal.get_by_label("Server name").fill("Lyon")
    portal.get_by_role("button", name="Add").click()
    portal.get_by_label("Upload the certificate").set_input_files(pem)
    portal.get_by_role("button", name="Save").click()
    expect(portal.get_by_text("The public key is saved.")).to_be_visible()
    portal.get_by_label("How many unassigned devices").fill("40")
    portal.get_by_role("button", name="Assign").click()
    expect(portal.get_by_text("The devices are assigned.")).to_be_visible()
    with portal.expect_download() as download:
        portal.get_by_role("button", name="Download token").click()
    token_file = tmp_path / download.value.suggested_filename
    download.value.save_as(token_file)
    assert token_file.suffix == ".p7m"
    portal.close()

    # A wrong file first: it is named, and what was typed stays.
    page.get_by_label("Token name").fill("Lyon")
    page.locator("input[name=apple_id]").fill("lyon@orchard.example")
    page.locator("input[name=file]").set_input_files(pem)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("The .pem file is what the portal wants from you.").first).to_be_visible()
    expect(page.get_by_label("Token name")).to_have_value("Lyon")
    page.locator("input[name=file]").set_input_files(token_file)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The token is connected.")).to_be_visible()

    # Sync: the page follows by itself.
    expect(page.get_by_text("40 added")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Orchard Foods")

    # Describe.
    page.get_by_role("link", name="Create profile").click()
    page.get_by_role("button", name="Next").click()
    page.locator("input[name=name]").fill("Shop iPads")
    page.get_by_label("Enrollment URL").fill("https://mdm.orchard.example/ade")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Web authentication URL")).to_be_hidden()
    page.get_by_label("Enroll without user affinity").check()
    page.get_by_role("checkbox", name="Locked enrollment").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Hide all").click()
    page.get_by_label("Terms and conditions").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Enroll without user affinity")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()

    # Assign.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Devices").click()
    page.locator("select[name=token]").select_option(label="Lyon")
    expect(page.get_by_text("40 rows", exact=True)).to_be_visible()
    page.get_by_text("More filters").click()
    page.locator("select[name=family]").select_option("iPhone")
    expect(page.get_by_text("40 rows", exact=True)).to_be_hidden()
    page.get_by_label("Select every row of this page").check()
    expect(page.locator("[data-chosen]")).to_have_text(re.compile(r"\d+ selected"))
    chosen = int(page.locator("[data-chosen]").inner_text().split()[0])
    serial = page.locator("tbody th a").first.inner_text()
    page.get_by_role("button", name="Assign profile").click()
    page.get_by_label("Profile").select_option(label="Shop iPads · Lyon")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.locator(".tile-figure").first).to_have_text(str(chosen))
    page.get_by_role("button", name="Assign profile").click()
    expect(page.get_by_text(f"of {chosen}", exact=False).first).to_be_visible()

    # Apple accepts, and confirms when it is asked again: the clock does that, and the page follows by itself.
    expect(page.locator("tbody .status", has_text="Confirmed")).to_have_count(chosen, timeout=180_000)
    expect(page.get_by_text(f"{chosen} of {chosen}")).to_be_visible()
    page.close()

    # Helpdesk finds the device by its serial number, from the keyboard, and may change nothing.
    context.clear_cookies()
    page = sign_in(context, base, "helpdesk")
    page.keyboard.press("/")
    page.keyboard.type(serial.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=serial)).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text("Confirmed")
    expect(page.get_by_role("link", name="Shop iPads").first).to_be_visible()
    assert page.get_by_role("button", name="Assign profile").count() == 0
    assert page.get_by_role("navigation", name="Main").get_by_role("link", name="Activity").count() == 0
    assert problems == []
    context.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(demo, chromium, width, scheme):
    base = f"http://localhost:{demo.port}"
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.locator("input[name=login]").fill("admin")
    page.locator("input[name=password]").fill("orchard-admin")
    page.locator("form.form button").click()
    for path in (
        "/",
        "/devices/",
        "/devices/1/",
        "/tokens/",
        "/tokens/1/",
        "/tokens/1/history/",
        "/syncs/",
        "/profiles/",
        "/activity/",
        "/doctor/?serial=C02NOWHERE1",
        "/serial-numbers/",
        "/serial-numbers/new/",
        "/operations/",
        "/operations/1/",
        "/tokens/1/rules/",
        "/tokens/1/rules/new/",
        "/guidance/",
        "/guidance/limits/",
    ):
        page.goto(base + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    context.close()
