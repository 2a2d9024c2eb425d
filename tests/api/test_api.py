"""API-1, API-2: the same rules and visitors as the pages, for programs."""

import pytest
from django.utils import timezone

from enrollment.models import ApiKey, SyncRun, Wish
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(alice):
    token = a_token(name="Ours", full_synced_at=timezone.now(), cursor="c")
    profile = a_profile(token, apple_uuid="A" * 32)
    return token, profile, a_device(token, serial="ABC123456789")


def paths(ours):
    token, profile, device = ours
    return [f"tokens/{token.pk}/", f"profiles/{profile.pk}/", f"devices/{device.pk}/"]


def test_reading_has_three_visitors(program, ours, alice, bob, charlie):
    for path in paths(ours):
        assert program(alice)("get", path).status_code == 200
        assert program(bob)("get", path).status_code == 200
        answer = program(charlie)("get", path)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["tokens/", "profiles/", "devices/", "syncs/"])
def test_lists_end_at_the_scope(program, ours, alice, charlie, path):
    assert program(alice)("get", path).json()["results"] or path == "syncs/"
    assert program(charlie)("get", path).json()["results"] == []


def test_no_answer_holds_a_secret(program, ours, alice):
    for path in [*paths(ours), "tokens/", "profiles/", "devices/"]:
        text = program(alice)("get", path).content.decode()
        assert "sealed" not in text
        assert "consumer" not in text


def test_starting_a_sync(program, ours, alice, bob, charlie):
    path = f"tokens/{ours[0].pk}/sync/"
    assert program(bob)("post", path).status_code == 403
    assert program(charlie)("post", path).status_code == 404
    answer = program(alice)("post", path)
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    SyncRun.objects.update(status="done")
    again = program(alice)("post", path)
    assert again.status_code == 409
    assert "15 minutes" in again.json()["detail"]


def test_assigning_a_profile(program, ours, alice, bob, charlie):
    _token, profile, device = ours
    path, said = f"profiles/{profile.pk}/assign/", {"serials": ["abc123456789", "UNKNOWN00000"]}
    assert program(bob)("post", path, data=said).status_code == 403
    assert program(charlie)("post", path, data=said).status_code == 404
    answer = program(alice)("post", path, data=said)
    assert answer.status_code == 202
    assert answer.json() == {"gets": 1, "has": 0, "cannot": {}, "unknown": ["UNKNOWN00000"]}
    device.refresh_from_db()
    assert (device.wish, device.profile) == (Wish.PROFILE, profile)


@pytest.mark.parametrize("said", [{}, {"serials": []}, {"serials": "ABC"}, {"serials": ["X"] * 1_001}, []])
def test_a_wrong_body_is_a_problem_with_its_fields(program, ours, alice, said):
    answer = program(alice)("post", f"profiles/{ours[1].pk}/assign/", data=said)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_the_filters_of_the_page(program, ours, alice):
    assert [d["serial"] for d in program(alice)("get", "devices/?q=c1234").json()["results"]] == ["ABC123456789"]
    assert program(alice)("get", "devices/?state=confirmed").json()["results"] == []
    assert program(alice)("get", "devices/?state=nonsense").status_code == 400


def test_pages_by_cursor_show_every_device_once(program, ours, alice):
    for _ in range(24):
        a_device(ours[0])
    ask, path, seen = program(alice), "devices/?page_size=10", []
    while path:
        answer = ask("get", path).json()
        seen += [device["serial"] for device in answer["results"]]
        path = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert len(seen) == len(set(seen)) == 25


def test_a_key_that_is_unknown_expired_or_revoked_is_401(client, program, alice):
    ask = program(alice)
    assert client.get("/api/v1/tokens/").status_code == 401
    assert client.get("/api/v1/tokens/", headers={"Authorization": "Bearer pomona_x"}).status_code == 401
    assert ask("get", "tokens/").status_code == 200
    assert ApiKey.objects.get().last_used_at
    ApiKey.objects.update(revoked_at=timezone.now())
    answer = ask("get", "tokens/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_schema_names_every_path(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/profiles/{id}/assign/" in schema["paths"]
    assert schema["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_the_documentation_loads_nothing_from_elsewhere(as_alice):
    for path in ("docs", "redoc"):
        answer = as_alice.get(f"/api/v1/{path}/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert 'src="http' not in text
        assert 'href="http' not in text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
