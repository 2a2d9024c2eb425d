"""DEV-2, DEV-9 for programs: say which devices, see what would happen, confirm, follow, try again."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.devices.run_operation import run_operation
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.models import (
    Answer,
    AuditEntry,
    Device,
    Operation,
    OperationKind,
    OperationStatus,
    Result,
    Verdict,
    Wish,
)
from enrollment.models.operation import NEEDED
from tests.cast import a_device, a_person, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(db):
    return a_token(name="Ours")


@pytest.fixture
def profile(ours):
    return a_profile(ours, apple_uuid="A" * 32)


def a_preview(ours, by, kind=OperationKind.UNASSIGN, count=1, profile=None):
    devices = [a_device(ours).pk for _ in range(count)]
    return start_operation(kind, [Choice(Device.objects.filter(pk__in=devices), profile)], by=by)


def errors(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


def test_reading_has_three_visitors(program, ours, alice, bob, charlie):
    operation = a_preview(ours, alice)
    for path in (f"operations/{operation.pk}/{more}" for more in ("", "devices/", "export/")):
        assert program(alice)("get", path).status_code == 200
        assert program(bob)("get", path).status_code == 200
        assert program(charlie)("get", path).status_code == 404
    assert len(program(bob)("get", "operations/").json()["results"]) == 1
    assert program(charlie)("get", "operations/").json()["results"] == []


@pytest.mark.parametrize("change", ["post confirm/", "post retry/", "delete "])
@pytest.mark.parametrize("kind", list(OperationKind))
def test_changing_has_three_visitors(program, ours, bob, charlie, kind, change):
    method, _space, more = change.partition(" ")
    operation = a_preview(ours, None, kind, profile=a_profile(ours) if kind == OperationKind.ASSIGN else None)
    path = f"operations/{operation.pk}/{more}"
    assert program(bob)(method, path).status_code == 403
    assert program(charlie)(method, path).status_code == 404
    assigner = a_person("dora", "profile_assigner")
    may = NEEDED[kind] in assigner.allowed
    assert (program(assigner)(method, path).status_code == 403) != may
    assert may or Operation.objects.get().is_previewed


@pytest.mark.parametrize("kind", list(OperationKind))
def test_what_is_to_be_done_says_who_may_preview_it(program, ours, profile, bob, kind):
    device = a_device(ours)
    said = {"kind": kind.value, "ids": [device.pk]} | ({"profile": profile.pk} if kind == "assign" else {})
    assert program(bob)("post", "operations/", data=said).status_code == 403
    assigner = a_person("dora", "profile_assigner")
    expected = 201 if NEEDED[kind] in assigner.allowed else 403
    assert program(assigner)("post", "operations/", data=said).status_code == expected
    assert Operation.objects.exists() == (expected == 201)


@pytest.mark.parametrize("how", ["ids", "serials", "filter"])
def test_a_preview_of_the_devices_that_are_meant(program, ours, profile, alice, how):
    pads = [a_device(ours, family="iPad", model="iPad mini") for _ in range(2)]
    mac = a_device(ours, family="Mac", model="iPad mini")
    a_device(ours, family="iPad")
    chosen = (*pads, mac)
    meant = {
        "ids": [one.pk for one in chosen],
        "serials": [one.serial.lower() for one in chosen] + ["unknown00000"],
        "filter": {"model": "mini", "token": ours.pk, "released": False},
    }[how]

    answer = program(alice)("post", "operations/", data={"kind": "assign", "profile": profile.pk, how: meant})

    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["Location"] == f"http://testserver/api/v1/operations/{told['id']}/"
    assert (told["status"], told["chosen"], told["gets"], told["has"]) == ("previewed", 3, 2, 0)
    assert [(one["verdict"], one["count"]) for one in told["cannot"]] == [("other_platform", 1)]
    assert told["unknown"] == (["UNKNOWN00000"] if how == "serials" else [])
    assert told["progress"] is None
    assert told["to_type"] == ""
    assert not Device.objects.filter(wish=Wish.PROFILE).exists()


def test_a_serial_number_of_several_tokens_means_the_device_of_the_profiles_one(program, ours, profile, alice):
    here, there = a_device(ours, serial="ABC123456789"), a_device(a_token(), serial="ABC123456789")
    said = {"kind": "assign", "profile": profile.pk, "serials": ["ABC123456789"]}
    assert program(alice)("post", "operations/", data=said).json()["chosen"] == 1
    assert list(Operation.objects.get().devices.values_list("device", flat=True)) == [here.pk]
    Device.objects.filter(pk=there.pk).update(released_at=timezone.now())
    said = {"kind": "disown", "serials": ["ABC123456789"]}
    assert program(alice)("post", "operations/", data=said).json()["to_type"] == "ABC123456789"


@pytest.mark.parametrize("more", ["get ", "get devices/", "get export/", "post confirm/", "post retry/", "delete "])
def test_whose_scope_became_less_has_no_hand_in_what_is_now_beyond_it(program, charlie, more):
    """The operation is their own, and about two tokens, one of which they do not see any more."""
    here, beyond = a_token(), a_token()
    for one in (here, beyond):
        one.scope_tags.set(charlie.scope_tags.all())
    devices = Device.objects.filter(pk__in=[a_device(here).pk, a_device(beyond).pk])
    operation = start_operation(OperationKind.DISOWN, [Choice(devices)], by=charlie)
    assert program(charlie)("get", f"operations/{operation.pk}/").status_code == 200

    beyond.scope_tags.clear()

    method, _space, path = more.partition(" ")
    assert program(charlie)(method, f"operations/{operation.pk}/{path}").status_code == 404
    assert program(charlie)("get", "operations/").json()["results"][0]["token"] is None


def test_ones_own_operation_goes_with_its_token(program, charlie, ours):
    ours.scope_tags.set(charlie.scope_tags.all())
    a_preview(ours, charlie)
    ours.scope_tags.clear()
    assert program(charlie)("get", "operations/").json()["results"] == []


def test_what_is_out_of_scope_cannot_be_meant(program, ours, profile, charlie):
    device = a_device(ours)
    ask = program(charlie)
    assert errors(ask("post", "operations/", data={"kind": "delete", "ids": [device.pk]}))["ids"]
    assert errors(ask("post", "operations/", data={"kind": "delete", "serials": [device.serial]}))["serials"]
    assert errors(ask("post", "operations/", data={"kind": "delete", "filter": {}}))["filter"]
    assert errors(ask("post", "operations/", data={"kind": "delete", "filter": {"token": ours.pk}}))["filter"]["token"]
    elsewhere = a_token()
    elsewhere.scope_tags.set(charlie.scope_tags.all())
    said = {"kind": "assign", "ids": [a_device(elsewhere).pk], "profile": profile.pk}
    assert errors(ask("post", "operations/", data=said))["profile"]
    assert not Operation.objects.exists()


def wrong_bodies():
    yield {}, "kind"
    yield [], "non_field_errors"
    yield {"kind": "explode", "ids": [1]}, "kind"
    yield {"kind": ["delete"], "ids": [1]}, "kind"
    yield {"kind": "delete"}, "non_field_errors"
    yield {"kind": "delete", "ids": [1], "filter": {}}, "non_field_errors"
    yield {"kind": "delete", "ids": []}, "ids"
    yield {"kind": "delete", "ids": [10**30]}, "ids"
    yield {"kind": "delete", "ids": ["x\x00"]}, "ids"
    yield {"kind": "delete", "ids": None}, "ids"
    yield {"kind": "delete", "ids": [987654321]}, "ids"
    yield {"kind": "delete", "serials": "ABC"}, "serials"
    yield {"kind": "delete", "serials": ["A\x00"]}, "serials"
    yield {"kind": "delete", "serials": ["A" * 65]}, "serials"
    yield {"kind": "delete", "filter": []}, "filter"
    yield {"kind": "delete", "filter": None}, "filter"
    yield {"kind": "delete", "filter": {"tokn": 1}}, "filter"
    yield {"kind": "delete", "filter": {"model": None}}, "filter"
    yield {"kind": "delete", "filter": {"model": "\x00"}}, "filter"
    yield {"kind": "delete", "filter": {"released": "perhaps"}}, "filter"
    yield {"kind": "delete", "filter": {"profile": 10**30}}, "filter"
    yield {"kind": "delete", "ids": [1], "profile": 1}, "profile"
    yield {"kind": "assign", "ids": [1]}, "profile"
    yield {"kind": "assign", "ids": [1], "profile": 10**30}, "profile"
    yield {"kind": "assign", "ids": [1], "profile": None}, "profile"
    yield {"kind": "delete", "ids": [1], "idz": [1]}, "idz"


@pytest.mark.parametrize(("said", "field"), list(wrong_bodies()), ids=str)
def test_a_wrong_body_is_told_at_its_field(program, ours, alice, said, field):
    a_device(ours)
    assert field in errors(program(alice)("post", "operations/", data=said))
    assert not Operation.objects.exists()


def test_confirming_does_what_was_previewed(program, ours, profile, alice):
    operation = a_preview(ours, alice, OperationKind.ASSIGN, 3, profile)
    answer = program(alice)("post", f"operations/{operation.pk}/confirm/")
    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(f"/api/v1/operations/{operation.pk}/")
    told = answer.json()
    assert (told["status"], told["confirmed_by"]) == ("done", "alice")
    assert told["progress"] == {
        "total": 3,
        "settled": 0,
        "failed": 0,
        "is_moving": True,
        "look_again": 4,
        "outcomes": [{"outcome": "waiting", "words": "Waiting", "count": 3}],
    }
    assert Device.objects.filter(profile=profile).count() == 3
    assert program(alice)("post", f"operations/{operation.pk}/confirm/").status_code == 202, "a second time is no harm"
    assert program(alice)("delete", f"operations/{operation.pk}/").status_code == 409


def test_what_has_changed_since_is_previewed_anew(program, ours, profile, alice):
    operation = a_preview(ours, alice, OperationKind.ASSIGN, 3, profile)
    changed = operation.devices.first().device_id
    Device.objects.filter(pk=changed).update(released_at=timezone.now())
    answer = program(alice)("post", f"operations/{operation.pk}/confirm/")
    assert answer.status_code == 409
    assert "1 device has changed" in answer.json()["detail"]
    assert not Device.objects.filter(profile=profile).exists()
    newer = Operation.objects.get()
    assert answer.headers["Location"].endswith(f"/api/v1/operations/{newer.pk}/")
    assert program(alice)("get", f"operations/{newer.pk}/").json()["gets"] == 2


@pytest.mark.parametrize("kind", [OperationKind.DISOWN, OperationKind.LOCK])
def test_what_cannot_be_undone_is_typed(program, ours, alice, kind):
    operation = a_preview(ours, alice, kind, 2)
    ask, path = program(alice), f"operations/{operation.pk}/confirm/"
    assert ask("get", f"operations/{operation.pk}/").json()["to_type"] == "2"
    for said in ({}, {"typed": "3"}, {"typed": ""}, {"typed": None}):
        assert "typed" in errors(ask("post", path, data=said))
    assert errors(ask("post", path, data={"tiped": "2"}))["tiped"]
    assert Operation.objects.get().is_previewed
    answer = ask("post", path, data={"typed": "2", "lost_message": "Call 555"})
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["lost_message"]) == ("waiting", "Call 555")
    assert answer.json()["progress"]["outcomes"] == [{"outcome": "pending", "words": "Not done yet", "count": 2}]


@pytest.mark.django_db(transaction=True)
def test_a_release_is_carried_through_and_told_device_by_device(program, world, server, token, alice):
    serial = world.add_devices(server, 1)[0]
    here, gone = a_device(token, serial=serial), a_device(token, serial="GONE00000000")
    said = {"kind": "disown", "ids": [here.pk, gone.pk]}
    ask = program(alice)
    operation = Operation.objects.get(pk=ask("post", "operations/", data=said).json()["id"])
    path = f"operations/{operation.pk}/"
    ask("post", f"{path}confirm/", data={"typed": "2"})
    run_operation(Operation.objects.get())
    rows = ask("get", f"{path}devices/").json()["results"]
    assert {row["serial"]: row["outcome"] for row in rows} == {serial: "success", "GONE00000000": "not_accessible"}
    failed = ask("get", f"{path}devices/?outcome=not_accessible").json()["results"]
    assert [(row["device"], row["outcome_in_words"]) for row in failed] == [(gone.pk, "Not accessible")]
    assert ask("get", path).json()["progress"]["failed"] == 1
    assert ask("post", f"{path}retry/").json()["status"] == "waiting"
    assert Operation.objects.get().devices.filter(result=Result.PENDING).count() == 1


def test_only_what_failed_is_tried_again(program, ours, profile, alice):
    operation = a_preview(ours, alice, OperationKind.ASSIGN, 2, profile)
    ask, path = program(alice), f"operations/{operation.pk}/retry/"
    ask("post", f"operations/{operation.pk}/confirm/")
    answer = ask("post", path)
    assert answer.status_code == 409
    assert "nothing that could be tried again" in answer.json()["detail"]
    failed = operation.devices.first().device_id
    until = timezone.now() + timedelta(hours=1)
    Device.objects.filter(pk=failed).update(answer=Answer.FAILED, next_try_at=until)
    answer = ask("post", path)
    assert answer.status_code == 202
    assert answer.json()["progress"]["failed"] == 0
    assert Device.objects.get(pk=failed).next_try_at is None


def test_a_preview_is_forgotten(program, ours, alice):
    operation = a_preview(ours, alice)
    assert program(alice)("delete", f"operations/{operation.pk}/").status_code == 204
    assert not Operation.objects.exists()


def test_the_devices_of_an_operation_page_by_page(program, ours, alice):
    operation = a_preview(ours, alice, count=25)
    released = a_device(ours, released_at=timezone.now())
    operation.devices.create(device=released, serial=released.serial, verdict=Verdict.RELEASED)
    ask, path, seen = program(alice), f"operations/{operation.pk}/devices/?page_size=10", []
    while path:
        answer = ask("get", path).json()
        seen += [row["serial"] for row in answer["results"]]
        path = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert seen == sorted(set(seen))
    assert len(seen) == 25
    rows = ask("get", f"operations/{operation.pk}/devices/?outcome=released").json()["results"]
    assert [(row["device"], row["outcome"]) for row in rows] == [(released.pk, "")]
    assert rows[0]["reason"] == "has been released from the organisation"
    assert ask("get", f"operations/{operation.pk}/devices/?outcome=nonsense").status_code == 400


def test_an_export_is_recorded(program, ours, alice):
    operation = a_preview(ours, alice, count=2)
    answer = program(alice)("get", f"operations/{operation.pk}/export/")
    assert len(list(csv.reader(answer.getvalue().decode().splitlines()))) == 3
    assert AuditEntry.objects.filter(action="operation.exported", person=alice).exists()


def test_lists_ask_the_same_questions_for_1_and_11(program, ours, profile, alice):
    ask = program(alice)

    def asked(path):
        with CaptureQueriesContext(connection) as questions:
            assert ask("get", path).status_code == 200
        return len(questions)

    operation = a_preview(ours, alice, OperationKind.ASSIGN, 1, profile)
    paths = ["operations/", f"operations/{operation.pk}/devices/"]
    first = [asked(path) for path in [*paths, *paths]][2:]
    for _ in range(10):
        a_preview(a_token(), a_person(f"p{Operation.objects.count()}", "administrator"))
        device = a_device(ours)
        operation.devices.create(device=device, serial=device.serial, verdict=Verdict.GETS, profile=profile)
    assert [asked(path) for path in paths] == first


def test_reasons_speak_the_language_that_is_asked_for(program, ours, profile, alice):
    a_device(ours, released_at=timezone.now())
    said = {"kind": "assign", "profile": profile.pk, "filter": {}}
    answer = program(alice)("post", "operations/", data=said, headers={"Accept-Language": "fr"})
    assert answer.json()["cannot"][0]["reason"] == "a été libéré de l'organisation"
    path = f"operations/{answer.json()['id']}/retry/"
    refused = program(alice)("post", path, headers={"Accept-Language": "fr"})
    assert refused.json()["detail"] == "Il n'y a rien à réessayer maintenant."
    assert Operation.objects.get().status == OperationStatus.PREVIEWED
