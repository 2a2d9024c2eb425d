"""The pages that draw the API's schema: others' scripts under our policy, and nothing from elsewhere."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def elsewhere(demo, admin_page):
    """The addresses asked that are not ours."""
    ours = (f"http://localhost:{demo.port}/", "data:", "blob:")
    asked = []
    admin_page.context.on(
        "request", lambda request: None if request.url.startswith(ours) else asked.append(request.url)
    )
    return asked


def test_swagger_draws_the_schema_and_tries_it_out_as_whoever_is_signed_in(demo, admin_page, elsewhere):
    admin_page.goto(f"http://localhost:{demo.port}/api/v1/docs/")
    admin_page.locator("#operations-tag-tokens").click()
    admin_page.locator("#operations-tokens-tokens_list").get_by_role("button").first.click()
    admin_page.get_by_role("button", name="Try it out").click()
    admin_page.get_by_role("button", name="Execute").click()
    expect(admin_page.locator(".live-responses-table").get_by_text("Orchard Foods").first).to_be_visible()
    assert elsewhere == []


def test_redoc_draws_the_schema(demo, admin_page, elsewhere):
    admin_page.goto(f"http://localhost:{demo.port}/api/v1/redoc/")
    expect(admin_page.get_by_text("API docs by Redocly")).to_be_attached()
    expect(admin_page.locator("h2", has_text="tokens_list").first).to_be_attached()
    # What it is drawn with has come through the policy.
    assert admin_page.locator("style").first.evaluate("style => style.sheet.cssRules.length") > 0
    assert elsewhere == []
