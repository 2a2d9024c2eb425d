"""Three whole journeys through the profile wizard, by hand in a real browser, read back from what Apple has."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.cast import a_certificate

pytestmark = [pytest.mark.filterwarnings("default")]
MDM = "https://mdm.orchard.example/ade"


@pytest.fixture
def page(demo, chromium):
    context = chromium.new_context(accept_downloads=True, locale="en-GB")
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page = sign_in(context, f"http://localhost:{demo.port}", "admin")
    yield page
    context.close()
    assert problems == []


def go_to(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Next").click()


def begin(page: Page, name: str) -> None:
    go_to(page, "Profiles")
    page.get_by_role("link", name="Create profile").click()
    page.get_by_role("radio", name="Orchard Foods Orchard Foods").check()
    go_on(page)
    page.locator("input[name=name]").fill(name)
    page.get_by_label("Enrollment URL").fill(MDM)


def sent(page: Page) -> dict:
    """What Apple answers now, from the tab that asks it."""
    page.get_by_role("link", name="As Apple sees it").click()
    page.get_by_role("link", name="Ask Apple what it has now").click()
    expect(page.get_by_text("Apple has exactly what was sent.")).to_be_visible()
    return json.loads(page.locator("pre").last.inner_text())


def test_a_kiosk_ipad_with_temporary_sessions_only(page):
    begin(page, "Counter iPad")
    go_on(page)
    expect(page.get_by_label("Shared iPad", exact=True)).to_be_hidden()
    page.get_by_label("Enroll without user affinity").check()
    expect(page.get_by_label("Await final configuration")).to_be_visible()
    page.get_by_role("checkbox", name="Locked enrollment").check()
    page.get_by_label("Shared iPad", exact=True).check()
    expect(page.get_by_label("Await final configuration")).to_be_hidden()
    page.get_by_label("Maximum cached users").fill("5")
    page.get_by_label("Require Shared iPad temporary session only").check()
    expect(page.get_by_label("Maximum cached users")).to_be_hidden()
    page.get_by_label("Maximum seconds of inactivity until temporary session logs out").fill("20")
    page.get_by_label("Deny all").check()
    page.get_by_label("Apply device name template").check()
    template = page.locator("input[name=name_template]")
    template.fill("Counter {{SERIAL}} {{ROOM}}")
    expect(page.get_by_text("27 / 63")).to_be_visible()
    go_on(page)

    expect(page.get_by_text("{{ROOM}} is not known.").last).to_be_visible()
    expect(page.get_by_text("At least 30 seconds; empty or 0 means never.").last).to_be_visible()
    expect(template).to_have_value("Counter {{SERIAL}} {{ROOM}}")
    template.fill("Counter {{SERIAL}}")
    page.get_by_label("Maximum seconds of inactivity until temporary session logs out").fill("300")
    go_on(page)

    expect(page.get_by_text("This profile sets up a Shared iPad").first).to_be_visible()
    go_on(page)
    expect(page.get_by_text("after 300 seconds")).to_be_visible()
    page.get_by_role("link", name="Preview Setup Assistant").click()
    expect(page.get_by_text("Screen 1 of")).to_be_visible()
    page.locator(".film a").last.click()
    expect(page.get_by_role("heading", name="Temporary session")).to_be_visible()
    page.get_by_role("link", name="Back to the review").click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()

    said = sent(page)
    assert said["is_multi_user"] is True
    assert said["await_device_configured"] is True
    assert said["is_mdm_removable"] is False
    assert said["allow_pairing"] is False
    assert "configuration_web_url" not in said


def test_a_staff_iphone_with_modern_authentication_and_the_company_portal(page, tmp_path):
    # A content token of its own, from the portal.
    go_to(page, "VPP tokens")
    page.get_by_role("link", name="Pretend Apple").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download content token").click()
    content = tmp_path / "s.vpptoken"
    download.value.save_as(content)
    page.go_back()
    page.get_by_role("link", name="Add VPP token").click()
    page.get_by_label("Name").fill("Licences of Lyon")
    page.locator("input[name=file]").set_input_files(content)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("The VPP token “Licences of Lyon” is added.")).to_be_visible()

    begin(page, "Field iPhone")
    page.get_by_label("Department", exact=True).fill("Orchard IT")
    page.get_by_label("Department phone").fill("+33 1 70 18 99 00")
    go_on(page)
    page.get_by_label("Enroll with user affinity").check()
    page.get_by_label("Setup Assistant with modern authentication").check()
    page.get_by_label("Web authentication URL").fill("https://signin.elsewhere.example/")
    expect(page.get_by_label("Install Company Portal with VPP")).to_be_hidden()
    page.locator("input[name=install_company_portal]").check()
    single = page.get_by_label("Run Company Portal in Single App Mode until authentication")
    expect(single).to_be_hidden()
    chosen = page.locator("select[name=company_portal_vpp]")
    chosen.select_option(index=1)
    expect(single).to_be_visible()
    single.check()
    page.get_by_role("checkbox", name="Locked enrollment").check()
    page.get_by_label("Allow Apple Configurator by certificate").check()
    certificate, note = tmp_path / "mac.cer", tmp_path / "note.txt"
    certificate.write_bytes(a_certificate().public_bytes(Encoding.DER))
    note.write_text("hello")
    page.locator("input[name=host_certificates]").set_input_files([certificate, note])
    go_on(page)

    expect(page.get_by_text("“note.txt” is not a certificate (DER or PEM).").last).to_be_visible()
    expect(page.get_by_text("The last two labels of its host").last).to_be_visible()
    expect(page.get_by_text("Orchard Configurator")).to_be_visible()
    page.get_by_label("Web authentication URL").fill("https://signin.orchard.example/ade")
    go_on(page)

    page.get_by_role("button", name="Hide all").click()
    page.get_by_label("OS version").select_option("26")
    expect(page.get_by_text("Camera Control")).to_be_visible()
    page.get_by_label("OS version").select_option("12")
    expect(page.get_by_text("Camera Control")).to_be_hidden()
    page.get_by_label("Passcode", exact=True).check()
    go_on(page)
    expect(page.get_by_text("The Passcode screen is shown; it does not work on 14.5 and later.")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()

    page.get_by_role("link", name="Preview", exact=True).click()
    page.locator(".film a", has_text="Remote Management").click()
    expect(page.locator(".gadget.large")).to_contain_text("+33 1 70 18 99 00")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".gadget.large")).to_contain_text("signin.orchard.example")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".gadget.large")).to_contain_text("Remote Management")
    page.get_by_role("link", name="Field iPhone").click()

    said = sent(page)
    assert said["configuration_web_url"] == "https://signin.orchard.example/ade"
    assert said["department"] == "Orchard IT"
    assert said["is_mdm_removable"] is False
    assert said["allow_pairing"] is False
    assert len(said["supervising_host_certs"]) == 1
    assert "Passcode" not in said["skip_setup_items"]
    assert "Siri" in said["skip_setup_items"]


def test_entra_shared_mode_then_an_edit_a_comparison_and_a_restored_revision(page):
    begin(page, "Counter phone")
    go_on(page)
    page.get_by_label("Enroll with Microsoft Entra ID shared mode").check()
    expect(page.get_by_label("Authentication method")).to_have_count(0)
    expect(page.get_by_label("Company Portal", exact=True)).to_be_hidden()
    expect(page.get_by_label("Shared iPad", exact=True)).to_be_hidden()
    expect(page.get_by_label("Await final configuration")).to_be_checked()
    go_on(page)
    go_on(page)
    expect(page.get_by_text("Shared mode is set up without locked enrollment.")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()

    page.get_by_role("button", name="Edit").click()
    go_on(page)
    page.get_by_role("checkbox", name="Locked enrollment").check()
    go_on(page)
    go_on(page)
    expect(page.get_by_text("only after it is erased")).to_be_visible()
    expect(page.get_by_text("Shared mode is set up without locked enrollment.")).to_be_hidden()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()

    page.get_by_role("link", name="Revisions").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Revision 1 beside revision 2")).to_be_visible()
    row = page.get_by_role("row", name="Locked enrollment")
    expect(row).to_contain_text("no")
    expect(row).to_contain_text("yes")
    expect(page.get_by_role("row", name="is_mdm_removable")).to_be_visible()

    page.get_by_role("link", name="Counter phone").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Shared mode is set up without locked enrollment.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The profile is saved, and Apple has it.")).to_be_visible()
    said = sent(page)
    assert said["is_mdm_removable"] is True
    assert said["await_device_configured"] is True
    assert said["is_multi_user"] is False
