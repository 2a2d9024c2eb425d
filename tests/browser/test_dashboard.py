"""DASH-1 on paper: what the dashboard says, and nothing that paper cannot do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.filterwarnings("default")]
PANELS = ["Needs attention", "Devices", "Devices by profile", "Enrollment program tokens", "Syncs of the last 14 days"]
PANELS += ["Licences of the Company Portal", "What expires in the next twelve months"]
WHITE = ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


@pytest.fixture
def page(demo, chromium):
    """The dashboard of somebody who likes it dark."""
    context = chromium.new_context(locale="en-GB", color_scheme="dark")
    yield sign_in(context, f"http://localhost:{demo.port}", "admin")
    context.close()


def test_the_dashboard_is_printed_on_two_pages_in_black_on_white(page):
    page.emulate_media(media="print")
    for name in PANELS:
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    for chrome in (page.get_by_role("navigation"), page.get_by_role("banner"), page.get_by_role("button")):
        assert not any(one.is_visible() for one in chrome.all())
    for place in ("body", ".panel"):
        assert page.locator(place).first.evaluate("it => getComputedStyle(it).backgroundColor") in WHITE
    ink = page.locator(".panel h2").first.evaluate("it => getComputedStyle(it).color")
    assert max(int(part) for part in re.findall(r"\d+", ink)[:3]) < 100, ink
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 2


def test_what_the_bars_show_stands_beside_them_in_figures(page):
    """For who sees no colours, and no lengths."""
    rows = page.locator(".bars tbody tr")
    assert rows.count() >= 8
    for row in rows.all():
        assert row.locator("th").inner_text().strip()
        assert re.search(r"\d", row.inner_text())


def test_what_columns_show_stands_over_them_and_in_a_table(page):
    columns = page.locator(".days a")
    assert columns.count() >= 2
    assert all(figure.strip() for figure in columns.locator(".figure").all_text_contents())
    said = [re.search(r": ([\d,]+)$", column.get_attribute("aria-label"))[1] for column in columns.all()]
    panel = page.locator("section", has=page.locator(".days"))
    panel.get_by_text("As a table").click()
    expect(panel.get_by_role("table")).to_be_visible()
    assert sorted(said) == sorted(figure for figure in panel.locator("td.number").all_inner_texts() if figure != "0")


def test_what_dots_show_is_said_by_them_and_stands_in_a_table(page):
    dots = page.locator(".time-line a")
    assert dots.count() >= 2
    panel = page.locator("section", has=page.locator(".time-line"))
    panel.get_by_text("As a table").click()
    expect(panel.get_by_role("table")).to_be_visible()
    rows = panel.locator("tbody tr")
    assert rows.count() == dots.count()
    words = {dot.get_attribute("aria-label") for dot in dots.all()}
    for row in rows.all():
        name, left = row.get_by_role("rowheader").inner_text(), row.get_by_role("cell").last.inner_text()
        assert any(said.startswith(f"{name} · ") and said.endswith(f" · {left}") for said in words), (name, left)
