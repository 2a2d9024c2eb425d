"""API-2 and ROLE-1 to ROLE-3 for programs: the same verbs as the pages'."""

from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.warnings.make_calendar_address import make_calendar_address
from enrollment.models import ApiKey, AuditEntry, CalendarFeed, Person, Role, ScopeTag
from tests.cast import a_person

pytestmark = pytest.mark.django_db


def role(key):
    return Role.objects.get(key=key).pk


def coming_with(ask, key):
    return partial(ask, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def lyon(db):
    return ScopeTag.objects.create(name="Lyon")


def test_who_am_i_and_what_may_i(program, alice, bob, lyon):
    told = program(bob)("get", "me/").json()
    assert (told["username"], told["sees_everything"], told["scope_tags"]) == ("bob", True, [])
    assert told["permissions"] == ["read_token", "read_profile", "read_device"]
    assert told["key"]["name"] == "test"
    said = {"name": "small", "role": role("helpdesk"), "scope_tags": [lyon.pk]}
    key = program(alice)("post", "api-keys/", data=said).json()["key"]
    told = coming_with(program(alice), key)("get", "me/").json()
    assert told["permissions"] == ["read_token", "read_profile", "read_device"]
    assert [tag["name"] for tag in told["scope_tags"]] == ["Lyon"]


def test_a_service_is_made_with_a_key(program, alice):
    ask = program(alice)
    answer = ask("post", "people/", data={"username": "robot", "is_service": True, "roles": [role("helpdesk")]})
    assert answer.status_code == 201
    robot = answer.json()
    assert answer.headers["Location"].endswith(f"/people/{robot['id']}/")
    made = ask("post", "api-keys/", data={"name": "nightly", "person": robot["id"], "days": 90})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert (made.json()["person"], made.json()["status"]) == (robot["id"], "usable")
    key = made.json()["key"]
    assert ApiKey.objects.find(key, timezone.now()).person.username == "robot"
    assert "key" not in ask("get", f"api-keys/{made.json()['id']}/").json()
    assert ask("delete", f"api-keys/{made.json()['id']}/").status_code == 204
    assert ApiKey.objects.find(key, timezone.now()) is None


def test_the_rules_of_giving_are_told_at_their_fields(program, bob, lyon):
    lydia = a_person("lydia", "enrollment_manager")
    lydia.roles.add(Role.objects.create(key="gate", name="Gate", permissions=["manage_access"]))
    lydia.scope_tags.add(lyon)
    ask, paris = program(lydia), ScopeTag.objects.create(name="Paris")
    for field, wrong in (
        ("roles", {"roles": [role("administrator")], "scope_tags": [lyon.pk]}),
        ("scope_tags", {"roles": [role("helpdesk")]}),
        ("scope_tags", {"roles": [role("helpdesk")], "scope_tags": [paris.pk]}),
        ("username", {"username": "BOB", "scope_tags": [lyon.pk]}),
        ("username", {"username": "no blanks", "scope_tags": [lyon.pk]}),
    ):
        answer = ask("post", "people/", data={"username": "eve", **wrong})
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == [field]
    assert not Person.objects.filter(username="eve").exists()


def test_what_stands_in_the_way_is_409(program, alice, bob):
    ask = program(alice)
    helpdesk = role("helpdesk")
    assert ask("put", f"roles/{helpdesk}/", data={"name": "H", "permissions": ["read_token"]}).status_code == 409
    assert ask("delete", f"roles/{helpdesk}/").status_code == 409
    assert ask("post", f"people/{alice.pk}/deactivate/").status_code == 409
    answer = ask("patch", f"people/{alice.pk}/", data={"roles": [helpdesk]})
    assert answer.status_code == 409
    assert "Somebody must be left" in answer.json()["detail"]


def test_somebody_is_changed_invited_and_deactivated(program, alice, bob, lyon):
    ask = program(alice)
    told = ask("patch", f"people/{bob.pk}/", data={"first_name": "Robert", "scope_tags": [lyon.pk]}).json()
    assert (told["first_name"], told["scope_tags"], told["roles"]) == ("Robert", [lyon.pk], [role("helpdesk")])
    told = ask("post", f"people/{bob.pk}/invite/").json()
    assert told["link"].startswith("http")
    assert told["is_mailed"]
    assert ask("post", f"people/{bob.pk}/deactivate/").json()["is_active"] is False
    assert ask("post", f"people/{bob.pk}/invite/").status_code == 409
    assert ask("post", f"people/{bob.pk}/activate/").json()["is_active"] is True


def names(answer, of="username"):
    return [one[of] for one in answer.json()["results"]]


def test_people_are_found_as_on_their_page(program, alice, bob, lyon):
    ask = program(alice)
    robot = Person.objects.create(username="robot", is_service=True)
    robot.scope_tags.add(lyon)
    Person.objects.create(username="gone", is_active=False)
    for query, found in (
        ("q=ALI", ["alice"]),
        ("is_service=true", ["robot"]),
        ("is_active=false", ["gone"]),
        (f"role={role('helpdesk')}", ["bob"]),
        (f"scope_tag={lyon.pk}", ["robot"]),
        ("is_service=false&is_active=true", ["alice", "bob"]),
    ):
        assert names(ask("get", f"people/?{query}")) == found, query
    for field in ("is_service", "role", "scope_tag"):
        assert list(ask("get", f"people/?{field}=maybe").json()["errors"]) == [field]


def test_one_person_tells_how_they_sign_in(program, alice, bob):
    ask = program(alice)
    Authenticator.objects.create(user=bob, type="totp", data={})
    Authenticator.objects.create(user=bob, type="recovery_codes", data={})
    told = ask("get", f"people/{bob.pk}/").json()
    assert (told["has_password"], told["factor_count"], told["session_count"]) == (True, 1, 0)
    assert ask("post", f"people/{bob.pk}/remove-factors/").json()["factor_count"] == 0
    assert "factor_count" not in ask("get", "people/").json()["results"][0]


def test_somebody_elses_calendar_address_is_revoked(program, alice, bob):
    ask = program(alice)
    make_calendar_address(bob)
    told = ask("get", f"people/{bob.pk}/").json()
    assert (told["calendar_made_at"] is None, told["calendar_read_at"]) == (False, None)
    assert ask("post", f"people/{bob.pk}/revoke-calendar/").json()["calendar_made_at"] is None
    assert AuditEntry.objects.get(action="person.calendar_revoked").who == "alice"
    assert ask("post", f"people/{bob.pk}/revoke-calendar/").status_code == 200, "there is none any more"


def test_ones_own_is_no_more_to_a_key_that_is_less(program, alice):
    make_calendar_address(alice)
    role = Role.objects.create(key="gate", name="Gate", permissions=["manage_access"])
    answer = program(alice, role=role.key)("post", f"people/{alice.pk}/revoke-calendar/")
    assert answer.status_code == 409
    assert CalendarFeed.objects.exists()


def test_keys_are_found_as_on_their_page(program, alice, bob):
    ask, _theirs = program(alice), program(bob)
    old = ask("post", "api-keys/", data={"name": "old", "days": 30}).json()
    ask("delete", f"api-keys/{old['id']}/")
    ask("post", "api-keys/", data={"name": "soon", "days": 5})
    day = f"{timezone.localdate() + timedelta(days=9):%Y-%m-%d}"
    for query, found in (
        ("is_usable=true", ["soon", "test", "test"]),
        ("is_ending=true&q=soon", ["soon"]),
        ("is_ending=false", ["old"]),
        (f"expires_until={day}", ["soon"]),
        (f"expires_since={day}&q=old", ["old"]),
        ("is_usable=false", ["old"]),
        (f"person={bob.pk}", ["test"]),
        ("q=OLD", ["old"]),
        (f"q={old['beginning']}", ["old"]),
        ("q=bob", ["test"]),
    ):
        assert names(ask("get", f"api-keys/?{query}"), "name") == found, query
    assert list(program(bob)("get", f"api-keys/?person={alice.pk}").json()["errors"]) == ["person"]


def test_scope_tags_are_found_by_name(program, alice, lyon):
    ScopeTag.objects.create(name="Paris")
    assert names(program(alice)("get", "scope-tags/?q=lyo"), "name") == ["Lyon"]


@pytest.mark.parametrize("path", ["people/", "api-keys/", "roles/", "scope-tags/"])
def test_lists_ask_the_same_questions_for_1_and_11(program, alice, lyon, path, django_assert_num_queries):
    ask = program(alice)

    def more(number):
        person = a_person(f"person {number}", "helpdesk")
        person.scope_tags.add(lyon, ScopeTag.objects.create(name=f"Site {number}"))
        small = Role.objects.create(key=f"role-{number}", name=f"Role {number}", permissions=["read_device"])
        program(person)
        key = ApiKey.objects.latest("pk")
        key.role = small
        key.save()
        key.scope_tags.add(lyon)

    more(0)
    ask("get", path)  # the key is noted as used
    with CaptureQueriesContext(connection) as few:
        ask("get", path)
    for number in range(1, 11):
        more(number)
    with django_assert_num_queries(len(few)):
        assert len(ask("get", path).json()["results"]) >= 11


def test_roles_and_tags_are_made_changed_and_deleted(program, alice):
    ask = program(alice)
    for path, said, changed in (
        ("roles/", {"name": "Front", "permissions": ["read_device"]}, {"name": "F", "permissions": ["read_token"]}),
        ("scope-tags/", {"name": "Lyon"}, {"name": "Nice", "description": "The south"}),
    ):
        made = ask("post", path, data=said)
        assert made.status_code == 201
        one = f"{path}{made.json()['id']}/"
        assert changed.items() <= ask("put", one, data=changed).json().items()
        assert ask("post", path, data=changed).json()["errors"]["name"]
        assert ask("delete", one).status_code == 204
        assert ask("get", one).status_code == 404


def test_a_small_key_makes_no_large_one(program, alice):
    small = program(alice)("post", "api-keys/", data={"name": "small", "role": role("helpdesk")}).json()["key"]
    ask = coming_with(program(alice), small)
    assert ask("post", "api-keys/", data={"name": "large"}).status_code == 400
    assert ask("post", "api-keys/", data={"name": "alike", "role": role("helpdesk")}).status_code == 201
    assert [one["name"] for one in ask("get", "api-keys/").json()["results"]] == ["small"]
