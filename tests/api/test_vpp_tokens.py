"""VPP tokens for programs: what the pages do, never with their secret."""

import base64
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment import tasks
from enrollment.actions.licences.read_licences import read_licences
from enrollment.models import ScopeTag, VppToken
from enrollment.models.licence_stock import COMPANY_PORTAL
from enrollment.simulator.content_token import content_token
from tests.cast import a_profile, a_token, a_vpp_token, a_vpp_token_at, some_licences

pytestmark = pytest.mark.django_db
in_real_life = pytest.mark.django_db(transaction=True)  # Apple is asked outside transactions


@pytest.fixture
def location(world, apple, settings):
    settings.APPLE_URL = apple.url
    return world.add_location("Caen")


@pytest.fixture
def licences(apple, location):
    """A VPP token of the location, read."""
    token = a_vpp_token_at(apple, location, name="Orchard licences")
    read_licences(token)
    token.refresh_from_db()
    return token


def sent(ask, path, data, **more):
    body = {"file": SimpleUploadedFile("lyon.vpptoken", data), **more}
    return ask("post", path, data=body, content_type=MULTIPART_CONTENT)


def add(ask, data, **more):
    return sent(ask, "vpp-tokens/", data, **{"name": "Lyon", **more})


@in_real_life
def test_one_is_added_and_seen_without_its_secret(program, alice, bob, charlie, location):
    tag, file = ScopeTag.objects.create(name="South"), location.download_token()
    assert add(program(bob), file).status_code == 403
    answer = add(program(alice), file, scope_tags=[tag.pk])
    assert answer.status_code == 201, answer.json()
    path = answer.headers["Location"].partition("/api/v1/")[2]
    shown = program(bob)("get", path)
    told = {"location_name": "Caen", "status": "active", "scope_tags": [tag.pk], "is_being_read": True, "trouble": ""}
    assert {name: shown.json()[name] for name in told} == told
    assert json.loads(base64.b64decode(file))["token"] not in shown.content.decode()
    assert program(charlie)("get", path).status_code == 404
    assert program(charlie)("get", "vpp-tokens/").json()["results"] == []


@in_real_life
def test_one_that_apple_says_no_to_is_kept_and_says_so(program, alice, location, world):
    world.faults.add("content_token_revoked")
    answer = add(program(alice), location.download_token())
    assert (answer.status_code, answer.json()["status"]) == (201, "rejected")
    assert answer.json()["trouble"] == "The content token has been revoked."
    assert answer.json()["advice"]


def test_a_wrong_file_and_a_taken_name_stand_at_their_fields(program, alice):
    ask = program(alice)
    a_vpp_token(name="Lyon")
    for data, more, field in (
        (b"hello", {}, "file"),
        (content_token("Other", timezone.now()), {}, "name"),
        (content_token("Other", timezone.now()), {"name": ""}, "name"),
        (content_token("Other", timezone.now()), {"scope_tags": [9]}, "scope_tags"),
    ):
        answer = add(ask, data, **more)
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
    assert VppToken.objects.count() == 1


@in_real_life
def test_who_is_narrowed_has_to_give_one_of_their_tags(program, charlie, location):
    tag = ScopeTag.objects.get(name="Elsewhere")
    file = location.download_token()
    assert set(add(program(charlie), file).json()["errors"]) == {"scope_tags"}
    assert add(program(charlie), file, scope_tags=[tag.pk]).status_code == 201


def test_one_that_is_chosen_says_by_whom_as_far_as_one_sees(program, alice, charlie):
    vpp, elsewhere = a_vpp_token(), ScopeTag.objects.get(name="Elsewhere")
    vpp.scope_tags.add(elsewhere)
    ours = a_token()
    profile = a_profile(ours, name="Staff", affinity="with", method="company_portal", company_portal_vpp=vpp.pk)
    path = f"vpp-tokens/{vpp.pk}/"
    assert program(alice)("get", path).json()["profiles"] == [profile.pk]
    assert program(charlie)("get", path).json()["profiles"] == []
    answer = program(alice)("delete", path)
    assert (answer.status_code, "Staff" in answer.json()["detail"]) == (409, True)
    answer = program(charlie)("delete", path)
    assert (answer.status_code, "Staff" in answer.json()["detail"]) == (409, False)
    type(profile.current).objects.update(settings={**profile.current.settings, "company_portal_vpp": None})
    assert program(alice)("delete", path).status_code == 204
    assert not VppToken.objects.exists()


# --- Lists -------------------------------------------------------------------------------------------------------


def test_the_list_has_the_filters_of_its_page(program, alice):
    a_vpp_token(name="Lyon", location_name="Shops", expires_at=timezone.now() + timedelta(days=5))
    a_vpp_token(name="Caen", rejected_at=timezone.now())
    ask = program(alice)

    def names(query):
        return [one["name"] for one in ask("get", f"vpp-tokens/?{query}").json()["results"]]

    assert names("") == ["Caen", "Lyon"]
    assert names("q=shop") == ["Lyon"]
    assert names("status=rejected") == ["Caen"]
    assert names("sort=expires_at") == ["Lyon", "Caen"]
    assert names(f"expires_until={timezone.now() + timedelta(days=6):%Y-%m-%d}") == ["Lyon"]
    assert names(f"expires_since={timezone.now() + timedelta(days=7):%Y-%m-%d}") == ["Caen"]
    assert ask("get", "vpp-tokens/?status=what").status_code == 400
    first = ask("get", "vpp-tokens/?page_size=1").json()
    assert [one["name"] for one in first["results"]] == ["Caen"]
    following = ask("get", first["next"].partition("/api/v1/")[2]).json()
    assert [one["name"] for one in following["results"]] == ["Lyon"]


def test_many_ask_the_database_as_often_as_one(program, alice, django_assert_max_num_queries):
    ask = program(alice)

    def grow(count):
        for _ in range(count):
            token = a_vpp_token()
            some_licences(token, total=5, free=5)
            a_profile(a_token(), company_portal_vpp=token.pk)

    grow(1)
    ask("get", "vpp-tokens/")
    with CaptureQueriesContext(connection) as one:
        ask("get", "vpp-tokens/")
    grow(10)
    with django_assert_max_num_queries(len(one)):
        assert len(ask("get", "vpp-tokens/").json()["results"]) == 11


def test_licences_by_app_with_the_filters_of_the_page(program, alice, charlie):
    token = a_vpp_token()
    some_licences(token, total=500, free=320, name="Company Portal")
    some_licences(token, total=50, free=0, adam_id="7", name="Notes")
    some_licences(token, total=50, free=5, adam_id="8", name="Orchard", product_type="Book")
    some_licences(token, total=50, free=50, adam_id="7", name="Notes", pricing_param="PLUS", retired=3)
    ask, path = program(alice), f"vpp-tokens/{token.pk}/licences/"
    found = {one["adam_id"]: one for one in ask("get", path).json()["results"]}
    assert found[COMPANY_PORTAL] == {
        "adam_id": COMPANY_PORTAL,
        "name": "Company Portal",
        "is_company_portal": True,
        "is_book": False,
        "prices": ["STDQ"],
        "total": 500,
        "used": 180,
        "free": 320,
        "retired": 0,
        "supply": "enough",
    }
    notes = {name: found["7"][name] for name in ("total", "free", "retired", "prices")}
    assert notes == {"total": 100, "free": 50, "retired": 3, "prices": ["STDQ", "PLUS"]}

    def names(query):
        return [one["name"] for one in ask("get", f"{path}?{query}").json()["results"]]

    assert names("q=note") == ["Notes"]
    assert names("supply=low") == ["Orchard"]
    assert names("kind=book") == ["Orchard"]
    assert set(names("kind=app")) == {"Company Portal", "Notes"}
    assert ask("get", f"{path}?supply=what").status_code == 400
    assert list(ask("get", f"{path}?fields=name,free").json()["results"][0]) == ["name", "free"]
    assert program(charlie)("get", path).status_code == 404


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_licences_come_in_the_order_of_the_page_from_one_end_to_the_other(program, alice, size):
    token = a_vpp_token()
    some_licences(token, total=500, free=320, adam_id=COMPANY_PORTAL, name="Zulu Portal")
    for adam_id, name in (("9", ""), ("30", "notes"), ("4", "Orchard"), ("5", "Notes"), ("2", "")):
        some_licences(token, total=50, free=50, adam_id=adam_id, name=name)
    ask, path = program(alice), f"vpp-tokens/{token.pk}/licences/?page_size={size}"
    pages = [ask("get", path).json()]
    while pages[-1]["next"]:
        pages.append(ask("get", pages[-1]["next"].partition("/api/v1/")[2]).json())
    there = [one["adam_id"] for page in pages for one in page["results"]]
    assert there == [COMPANY_PORTAL, "30", "5", "4", "2", "9"]
    back = [pages[-1]]
    while back[0]["previous"]:
        back.insert(0, ask("get", back[0]["previous"].partition("/api/v1/")[2]).json())
    assert [one["adam_id"] for page in back for one in page["results"]] == there


# --- Changes -----------------------------------------------------------------------------------------------------


def test_its_name_and_scope_tags_are_edited(program, alice):
    token, tag = a_vpp_token(name="Old"), ScopeTag.objects.create(name="South")
    a_vpp_token(name="Taken")
    ask, path = program(alice), f"vpp-tokens/{token.pk}/"
    answer = ask("patch", path, data={"name": "New", "scope_tags": [tag.pk]})
    assert (answer.status_code, answer.json()["name"], answer.json()["scope_tags"]) == (200, "New", [tag.pk])
    assert set(ask("patch", path, data={"name": "Taken"}).json()["errors"]) == {"name"}
    assert set(ask("patch", path, data={"expires_at": "2030-01-01"}).json()["errors"]) == {"expires_at"}


@in_real_life
def test_licences_are_read_when_asked_and_not_at_once_again(program, alice, bob, licences, location):
    ask, path = program(alice), f"vpp-tokens/{licences.pk}/read/"
    location.leave_free(COMPANY_PORTAL, 4)
    assert program(bob)("post", path).status_code == 403
    answer = ask("post", path)
    assert (answer.status_code, answer.json()["is_being_read"]) == (202, True)
    tasks.run_read_licences(licences.pk)
    shown = ask("get", answer.headers["Location"].partition("/api/v1/")[2]).json()
    assert (shown["is_being_read"], shown["company_portal"]["free"]) == (False, 4)
    answer = ask("post", path)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    VppToken.objects.update(expires_at=timezone.now())
    assert ask("post", path).status_code == 409


@in_real_life
def test_it_is_renewed_by_a_newer_file_and_by_one_of_another_location_only_if_confirmed(
    program, alice, licences, location, world
):
    ask, path = program(alice), f"vpp-tokens/{licences.pk}/renew/"
    location.download_token()
    other = world.add_location("Lyon", licences=[])
    now = timezone.now()
    world.clock = lambda: now + timedelta(days=1)
    assert sent(ask, path, location.download_token()).json()["days_left"] == 365
    file = other.download_token()
    answer = sent(ask, path, file)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"file"})
    answer = sent(ask, path, file, confirm_other_location="true")
    assert (answer.status_code, answer.json()["location_name"]) == (200, "Lyon")
    world.clock = lambda: now + timedelta(days=2)
    world.faults.add("content_unavailable")
    answer = sent(ask, path, other.download_token())
    assert (answer.status_code, answer.json()["detail"]) == (502, "Apple is temporarily unavailable.")
