"""API-2: a role and scope tags of its own make a key less than its person, never more."""

import pytest
from django.utils import timezone

from enrollment.models import Operation, ScopeTag, Token
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(alice):
    token = a_token(name="Ours", full_synced_at=timezone.now(), cursor="c")
    profile = a_profile(token, apple_uuid="A" * 32)
    return token, profile, a_device(token, serial="ABC123456789")


@pytest.fixture
def north_and_south(alice):
    """Two parts of the organisation, with a token and a device each; alice sees both."""
    devices = []
    for name in ("North", "South"):
        token = a_token(name=name)
        token.scope_tags.set([ScopeTag.objects.create(name=name)])
        devices.append(a_device(token, serial=f"{name.upper()}00001"))
    return devices


def problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_role_of_its_own_makes_a_key_less(program, ours, alice):
    sync = f"tokens/{ours[0].pk}/sync/"
    problem(program(alice, role="helpdesk")("post", sync), 403)
    assert program(alice, role="helpdesk")("get", "tokens/").status_code == 200
    assert program(alice, role="enrollment_manager")("post", sync).status_code == 202


def test_a_role_of_its_own_never_makes_a_key_more(program, ours, bob):
    problem(program(bob, role="administrator")("post", f"tokens/{ours[0].pk}/sync/"), 403)


def test_scope_tags_of_its_own_make_a_key_less(program, ours, alice, charlie):
    elsewhere = a_token(name="Elsewhere")
    elsewhere.scope_tags.set(charlie.scope_tags.all())
    ask = program(alice, tags=["Elsewhere"])
    assert [token["name"] for token in ask("get", "tokens/").json()["results"]] == ["Elsewhere"]
    problem(ask("get", f"tokens/{ours[0].pk}/"), 404)
    assert ask("get", "devices/").json()["results"] == []
    assert Token.objects.visible_to(alice).count() == 2  # she herself sees both


def test_scope_tags_of_its_own_never_make_a_key_more(program, ours, alice, charlie):
    tag = ours[0].scope_tags.create(name="Ours")
    ask = program(charlie, tags=[tag.name])
    assert ask("get", "tokens/").json()["results"] == []
    problem(ask("get", f"tokens/{ours[0].pk}/"), 404)


def listed(ask, path):
    return [one["id"] for one in ask("get", path).json()["results"]]


def preview(ask, **chosen):
    answer = ask("post", "operations/", data={"kind": "unassign", **chosen})
    assert answer.status_code == 201
    return answer.json()


def test_a_key_chooses_only_devices_that_it_sees(program, north_and_south, alice):
    made = preview(program(alice, tags=["North"]), filter={})
    assert made["chosen"] == 1
    told = preview(program(alice, tags=["North"]), serials=["NORTH00001", "SOUTH00001"])
    assert (told["chosen"], told["unknown"]) == (1, ["SOUTH00001"])


def test_what_a_key_has_previewed_is_its_own_and_its_persons(program, north_and_south, alice):
    north, both = program(alice, tags=["North"]), program(alice, tags=["North", "South"])
    about_both = preview(both, filter={})["id"]
    about_north = preview(north, filter={})["id"]
    assert Operation.objects.get(pk=about_both).token is None
    assert set(listed(both, "operations/")) == {about_both, about_north}
    assert listed(north, "operations/") == [about_north]
    assert north("get", f"operations/{about_both}/").status_code == 404
    assert north("post", f"operations/{about_both}/confirm/", data={}).status_code == 404
    assert listed(program(alice, tags=["South"]), "operations/") == []
    assert set(listed(program(alice), "operations/")) == {about_both, about_north}


def test_what_a_key_has_read_in_is_its_own_and_its_persons(program, north_and_south, alice):
    north = program(alice, tags=["North"])
    made = north("post", "serial-lists/", data={"name": "Delivery", "rows": [{"serial": "NORTH00001"}]}).json()["id"]
    assert listed(north, "serial-lists/") == [made]
    assert listed(program(alice, tags=["South"]), "serial-lists/") == []
    assert listed(program(alice), "serial-lists/") == [made]


def test_a_token_that_a_key_has_begun_is_its_own_and_its_persons(program, north_and_south, alice):
    north = program(alice, tags=["North"])
    made = north("post", "token-drafts/", data={"consents": True}).json()["id"]
    assert listed(north, "token-drafts/") == [made]
    assert listed(program(alice, tags=["South"]), "token-drafts/") == []
    assert listed(program(alice), "token-drafts/") == [made]


def test_a_key_makes_no_key_that_is_more(program, north_and_south, alice):
    north = program(alice, role="enrollment_manager", tags=["North"])
    own = north("get", "me/").json()["key"]["id"]
    answer = north("post", "api-keys/", data={"name": "More"})
    problem(answer, 400)
    assert answer.json()["errors"].keys() == {"role"}
    assert listed(north, "api-keys/") == [own]
