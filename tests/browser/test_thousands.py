"""Deciding for thousands in a browser: a rule moves them as previewed, a delivery note assigns the good ones."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask_inside

pytestmark = [pytest.mark.filterwarnings("default")]
DEVICES, KNOWN, FAULTS = 12_000, 4_400, 150


@pytest.fixture(scope="module")
def inside(demo):
    """Ask the demo's database."""

    ask = partial(ask_inside, demo)
    ask("grow", str(DEVICES))
    return ask


@pytest.fixture
def page(admin_page):
    return admin_page


def figure(page, words):
    return int(re.sub(r"\D", "", page.locator(".tile", has_text=words).locator(".tile-figure").inner_text()))


def test_a_rule_moves_10000_devices_as_it_was_previewed(demo, page, inside):
    page.goto(f"http://localhost:{demo.port}/tokens/")
    page.get_by_role("link", name="Orchard Foods").first.click()
    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("link", name="Add rule").click()
    page.get_by_label("Name").fill("All that is no Mac")
    page.get_by_label("Profile").select_option(label="Staff iPhone")
    page.get_by_label("What is looked at").select_option("Family")
    page.get_by_label("What must be so").select_option("is not")
    page.get_by_label("Value").fill("Mac")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule is saved.")).to_be_visible()
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    gets = figure(page, "gets it")
    assert gets >= 10_000

    page.get_by_role("button", name="Assign profile").click()
    expect(page.get_by_role("heading", name="Result", exact=True)).to_be_visible()

    assert inside("outcome") == {"gets": gets, "done": gets, "wished": gets}, "to the device"


def test_a_delivery_note_of_5000_rows_with_faults_assigns_the_good_ones(demo, page, inside, tmp_path):
    rows = ["Numéro de série;Profil;Remarque"]
    known = inside("pads", str(KNOWN))
    assert len(known) == KNOWN
    rows += [f"{f'S{serial}' if at % 2 else serial.lower()};;caisse {at}" for at, serial in enumerate(known)]
    rows += [f"C02UNKNOWN{at:04};;" for at in range(FAULTS)]
    rows += [f"{serial};;" for serial in known[:FAULTS]]
    rows += ["not a number!;;", "1,23E+11;;"] * (FAULTS // 2)
    rows += ['"'] * (5_000 - len(rows) + 1)
    file = tmp_path / "delivery.csv"
    file.write_bytes("\r\n".join(rows).encode("cp1252"))

    page.goto(f"http://localhost:{demo.port}/serial-numbers/new/")
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Look them up").click()
    expect(page.get_by_role("heading", name="delivery.csv")).to_be_visible()
    assert figure(page, "Found") == KNOWN
    assert figure(page, "Unknown") == figure(page, "Twice in the list") == FAULTS
    page.get_by_role("link", name="Assign profile").click()
    page.get_by_label("Profile").select_option(label="Kiosk iPad · Orchard Foods")
    page.get_by_role("button", name="Show what would happen").click()
    gets = figure(page, "gets it")
    assert gets == KNOWN
    page.get_by_role("button", name="Assign profile").click()
    expect(page.get_by_role("heading", name="Result", exact=True)).to_be_visible()
    assert inside("outcome") == {"gets": gets, "done": gets, "wished": gets}
