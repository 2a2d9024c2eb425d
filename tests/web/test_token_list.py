"""The token list by how tokens are and by when they expire."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.cast import a_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tokens(db):
    return {
        "Over": a_token(name="Over", expires_at=NOW - timedelta(days=2), synced_at=NOW),
        "Soon": a_token(name="Soon", expires_at=NOW + timedelta(days=20), synced_at=NOW),
        "Late": a_token(name="Late", expires_at=NOW + timedelta(days=300), synced_at=NOW),
    }


def listed(browser, **filters):
    return [token.name for token in browser.get(reverse("token-list"), filters).context["tokens"]]


@pytest.mark.parametrize(("health", "names"), [("unhealthy", ["Over"]), ("warning", ["Soon"]), ("healthy", ["Late"])])
def test_tokens_are_found_by_what_stands_for_them(health, names, tokens, as_alice):
    assert listed(as_alice, health=health) == names


def test_tokens_are_found_by_the_day_on_which_they_expire(tokens, as_alice):
    assert listed(as_alice, expires_until="2026-03-08") == ["Over"]
    assert listed(as_alice, expires_since="2026-03-30", expires_until="2026-03-30") == ["Soon"]
    assert listed(as_alice, expires_since="2026-03-31") == ["Late"]


def test_what_is_no_day_and_no_health_finds_nothing_and_says_so(tokens, as_alice):
    assert listed(as_alice, expires_since="tomorrow") == []
    page = as_alice.get(reverse("token-list"), {"health": "splendid"}).content.decode()
    assert "splendid is not one of the available choices" in page
    assert "No token matches" in page


def test_a_program_finds_the_same(tokens, as_alice):
    asked = {"health": "healthy", "expires_since": "2026-06-01"}
    found = as_alice.get("/api/v1/tokens/", asked, headers={"Accept": "application/json"})
    assert [token["name"] for token in found.json()["results"]] == ["Late"]
    assert as_alice.get("/api/v1/tokens/", {"health": "splendid"}).status_code == 400


def test_nobody_finds_what_they_do_not_see(tokens, as_charlie):
    assert listed(as_charlie, health="unhealthy") == listed(as_charlie, expires_until="2026-12-31") == []
