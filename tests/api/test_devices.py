"""Devices for programs: the list page's filters and order, the device page, one device read from Apple."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.models import AuditEntry, Device, DeviceEvent, EventKind, ForeignProfile, Permission, Role, Wish
from enrollment.models.device_list import COLUMNS
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(db):
    return a_token(name="Ours")


def serials(answer):
    return [device["serial"] for device in answer.json()["results"]]


def test_three_visitors(program, ours, alice, bob, charlie):
    device = a_device(ours)
    paths = ["", "timeline/", "rule/"]
    for path in paths:
        assert program(alice)("get", f"devices/{device.pk}/{path}").status_code == 200
        assert program(bob)("get", f"devices/{device.pk}/{path}").status_code == 200
        assert program(charlie)("get", f"devices/{device.pk}/{path}").status_code == 404
    for who, status in ((bob, 403), (charlie, 404)):
        assert program(who)("delete", f"devices/{device.pk}/?serial={device.serial}").status_code == status
    assert program(charlie)("post", f"devices/{device.pk}/refresh/").status_code == 404
    assert Device.objects.exists()


def test_who_may_not_read_devices_reads_none(program, ours, bob):
    bob.roles.set([Role.objects.create(key="tokens", permissions=[Permission.READ_TOKEN])])
    for path in ("", "count/", "models/", "export/", "1/", "1/timeline/"):
        assert program(bob)("get", f"devices/{path}").status_code == 403, path


def test_who_may_not_read_profiles_is_not_told_of_rules(program, ours, bob):
    bob.roles.set([Role.objects.create(key="devices", permissions=[Permission.READ_DEVICE])])
    assert program(bob)("get", f"devices/{a_device(ours).pk}/rule/").status_code == 403


@pytest.mark.parametrize("sort", ["serial", "-serial", "model", "-color", "assigned_at", "-released_at"])
def test_a_list_in_any_order_shows_every_device_once_on_and_back(program, ours, alice, sort):
    now = timezone.now()
    for number in range(25):
        a_device(
            ours,
            model=f"iPad {number % 3}",
            color=["", "BLUE"][number % 2],
            assigned_at=now - timedelta(days=number % 4) if number % 5 else None,
            released_at=now if number % 7 == 0 else None,
        )
    ask, path, pages = program(alice), f"devices/?page_size=10&sort={sort}", []
    while path:
        answer = ask("get", path).json()
        pages.append([device["id"] for device in answer["results"]])
        last, path = path, answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({key for page in pages for key in page}) == 25
    column, downwards = sort.removeprefix("-"), sort.startswith("-")
    shown = [getattr(Device.objects.get(pk=key), column) or "" for page in pages for key in page]
    texts = [str(one) for one in shown]
    assert texts == sorted(texts, reverse=downwards)
    back = ask("get", ask("get", last).json()["previous"].partition("/api/v1/")[2]).json()
    assert [device["id"] for device in back["results"]] == pages[1]
    first = ask("get", back["previous"].partition("/api/v1/")[2]).json()
    assert [device["id"] for device in first["results"]] == pages[0]
    assert first["previous"] is None


@pytest.mark.parametrize(
    "cursor", ["x", "nx", "n!!!", "zWyJhIiwxXQ", "nW10", "n" + "W" * 5_000, "\x00", "nWyJhIiwxZTMwMF0"]
)
def test_a_cursor_that_is_none_is_not_found(program, ours, alice, cursor):
    a_device(ours)
    assert program(alice)("get", "devices/", data={"cursor": cursor}).status_code == 404


def test_what_cannot_be_understood_is_said_at_its_filter(program, ours, alice, charlie):
    for said in ("sort=nonsense", "token=99999999999999999999", "released=perhaps", "assigned_since=1.1.2026", "q=%00"):
        answer = program(alice)("get", f"devices/?{said}")
        assert answer.status_code == 400, said
        assert list(answer.json()["errors"]) == [said.partition("=")[0]]
    elsewhere = program(charlie)("get", f"devices/?token={ours.pk}")
    assert list(elsewhere.json()["errors"]) == ["token"]


def test_devices_by_their_whole_serial_numbers(program, ours, alice):
    for serial in ("ABC123456789", "ABC1234567890", "DEF123456789"):
        a_device(ours, serial=serial)
    assert serials(program(alice)("get", "devices/?serials=abc-123456789")) == ["ABC123456789"]
    assert len(serials(program(alice)("get", "devices/?serials=ABC123456789,DEF123456789,OTHER"))) == 2
    too_many = ",".join(["A"] * 1_001)
    assert list(program(alice)("get", "devices/", data={"serials": too_many}).json()["errors"]) == ["serials"]


def test_a_list_asks_the_same_questions_for_1_and_11_devices(
    program, ours, alice, django_assert_max_num_queries, django_assert_num_queries
):
    def a_full_device(number):
        token = a_token()
        profile = a_profile(token, apple_uuid=f"{number:032X}", device_name_template="{{SERIAL}}")
        a_device(
            token,
            wish=Wish.PROFILE,
            profile=profile,
            apple_profile_uuid=f"{number:032X}",
            apple_profile_status="assigned",
        )

    a_full_device(0)
    ask = program(alice)
    ask("get", "devices/")
    with django_assert_max_num_queries(20) as first:
        assert len(serials(ask("get", "devices/"))) == 1
    for number in range(1, 11):
        a_full_device(number)
    with django_assert_num_queries(len(first.captured_queries)):
        assert len(serials(ask("get", "devices/"))) == 11


def test_a_device_tells_which_profile_apple_has_for_it(program, ours, alice):
    uuid = {"apple_profile_status": "assigned", "apple_profile_uuid": "A" * 32}
    mine, foreign = a_device(ours, **uuid), a_device(ours, **{**uuid, "apple_profile_uuid": "B" * 32})
    profile = a_profile(ours, apple_uuid="A" * 32, name="Classroom")
    ForeignProfile.objects.create(token=ours, apple_uuid="B" * 32, name="Old tool")
    told = {
        device.pk: program(alice)("get", f"devices/{device.pk}/").json()["profile_at_apple"]
        for device in (mine, foreign, a_device(ours))
    }
    assert list(told.values()) == [
        {"profile": profile.pk, "name": "Classroom", "uuid": "A" * 32},
        {"profile": None, "name": "Old tool", "uuid": "B" * 32},
        None,
    ]


def test_counts_of_what_the_filters_match(program, ours, alice, charlie):
    profile = a_profile(ours)
    for number in range(3):
        a_device(ours, family="iPad", apple_profile_status=["empty", "assigned"][number > 0])
    a_device(ours, family="Mac", wish=Wish.PROFILE, profile=profile)
    ask = program(alice)
    assert ask("get", "devices/count/?family=iPad").json() == {
        "count": 3,
        "by": "apple_status",
        "groups": [{"value": "assigned", "count": 2}, {"value": "empty", "count": 1}],
    }
    states = ask("get", "devices/count/?by=state").json()["groups"]
    assert states == [{"value": "nothing_wanted", "count": 3}, {"value": "waiting", "count": 1}]
    profiles = ask("get", "devices/count/?by=profile").json()["groups"]
    assert profiles == [{"value": None, "count": 3}, {"value": str(profile.pk), "count": 1}]
    assert program(charlie)("get", "devices/count/").json()["count"] == 0
    assert ask("get", "devices/count/?by=nonsense").status_code == 400
    assert ask("get", "devices/count/?family=nonsense").status_code == 400


def test_the_models_end_at_the_scope(program, ours, alice, charlie):
    a_device(ours, model="iPhone 16")
    elsewhere = a_token()
    elsewhere.scope_tags.set(charlie.scope_tags.all())
    a_device(elsewhere, model="MacBook Air")
    assert program(alice)("get", "devices/models/").json() == {"models": ["MacBook Air", "iPhone 16"]}
    assert program(charlie)("get", "devices/models/").json() == {"models": ["MacBook Air"]}


def test_an_export_is_a_file_of_what_the_filters_match_and_recorded(program, ours, alice, charlie):
    a_device(ours, serial="ABC123456789", family="iPad")
    a_device(ours, family="Mac")
    for accept in ("text/csv", "*/*"):
        answer = program(alice)("get", "devices/export/?family=iPad", headers={"Accept": accept})
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(answer.getvalue().decode().splitlines()))
        assert [row[0] for row in rows[1:]] == ["ABC123456789"]
    assert AuditEntry.objects.filter(action="device.exported", person=alice).count() == 2
    assert len(program(charlie)("get", "devices/export/").getvalue().decode().splitlines()) == 1
    refused = program(alice)("get", "devices/export/?family=nonsense", headers={"Accept": "text/csv"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert refused.json()["errors"]["family"]
    assert program(alice)("get", "devices/export/", headers={"Accept": "image/png"}).status_code == 406


def test_the_time_line_page_by_page_tells_everything_once(program, ours, alice):
    device = a_device(ours, assigned_at=timezone.now() - timedelta(days=40))
    now = timezone.now()
    for number in range(12):
        # Three at a time happen at the same moment.
        at = now - timedelta(days=number // 3 + 1)
        DeviceEvent.objects.create(token=ours, serial=device.serial, at=at, kind=EventKind.REFRESHED, person=alice)
    ask, path, times = program(alice), f"devices/{device.pk}/timeline/?page_size=4", []
    while path:
        answer = ask("get", path).json()
        times += [one["at"] for one in answer["results"]]
        path = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert times == sorted(times, reverse=True)
    assert len(times) == 14
    for wrong in ("before=yesterday", "page_size=0", "page_size=1001"):
        assert ask("get", f"devices/{device.pk}/timeline/?{wrong}").status_code == 400


def test_which_rule_won_and_why(program, ours, alice):
    device = a_device(ours, model="iPad Air (M2)")
    profile = a_profile(ours)
    loser = a_rule(profile, [("model", "contains", "iPhone")])
    winner = a_rule(profile, [("model", "contains", "iPad")])
    told = program(alice)("get", f"devices/{device.pk}/rule/").json()
    assert (told["winner"], told["is_as_decided"]) == (winner.pk, False)
    assert [(one["rule"], one["is_winner"]) for one in told["rules"]] == [(loser.pk, False), (winner.pk, True)]
    assert told["rules"][0]["fails_because"] == [["Model contains “iPhone”"]]
    assert told["rules"][1]["holds_because"] == ["Model contains “iPad”"]
    lonely = a_device(a_token())
    assert program(alice)("get", f"devices/{lonely.pk}/rule/").json()["winner"] is None


def test_one_device_is_deleted_when_its_serial_number_is_said(program, ours, alice):
    device = a_device(ours, serial="ABC123456789")
    for said in ("", "?serial=", "?serial=OTHER"):
        answer = program(alice)("delete", f"devices/{device.pk}/{said}")
        assert list(answer.json()["errors"]) == ["serial"]
    assert program(alice)("delete", f"devices/{device.pk}/?serial=abc123456789").status_code == 204
    assert not Device.objects.exists()
    assert AuditEntry.objects.filter(action="device.deleted", person=alice).exists()


@pytest.mark.django_db(transaction=True)
def test_one_device_is_read_from_apple(program, world, server, token, alice, bob):
    world.add_devices(server, 1)
    serial = next(iter(world.devices))
    device = a_device(token, serial=serial, color="GREEN")
    answer = program(bob)("post", f"devices/{device.pk}/refresh/")
    assert answer.status_code == 200
    told = answer.json()
    assert "Colour" in [one["what"] for one in told["differences"]]
    assert (told["is_gone"], told["device"]["serial"]) == (False, serial)
    assert told["device"]["color"] != "GREEN"


@pytest.mark.django_db(transaction=True)
def test_apple_is_not_asked_too_often(program, token, alice):
    gone = a_device(token)
    ask = program(alice)
    for _ in range(limits.REFRESHES_PER_MINUTE[0]):
        assert ask("post", f"devices/{gone.pk}/refresh/").json()["is_gone"]
    answer = ask("post", f"devices/{gone.pk}/refresh/")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "20 devices a minute" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_what_apple_refuses_is_told_with_advice(program, alice):
    answer = program(alice)("post", f"devices/{a_device(a_token()).pk}/refresh/")
    assert answer.status_code == 502
    assert answer.json()["advice"]


def test_every_column_of_the_page_is_a_field(program, ours, alice):
    told = program(alice)("get", f"devices/{a_device(ours).pk}/").json()
    renamed = {"wanted": "wish", "state": "assignment_state", "apple_status": "apple_profile_status"}
    renamed["apple_profile"] = "profile_at_apple"
    assert {renamed.get(name, name) for name in COLUMNS} <= set(told)


@pytest.mark.parametrize("noun", ["devices", "operations", "rules", "serial-lists", "device-views", "activation-locks"])
@pytest.mark.parametrize("key", ["0", "987654321", str(2**63), "1" + "0" * 40, "-1", "x", "%00", "%ED%A0%80"])
def test_a_key_that_no_row_has_is_not_found(program, alice, noun, key):
    answer = program(alice)("get", f"{noun}/{key}/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert program(alice)("delete", f"{noun}/{key}/").status_code in {404, 405}


@pytest.mark.parametrize("body", ['"\\ud800"', "[" * 100_000, "{", "nul", "NaN", '{"kind": "\\ud800"}', "\ud800"])
def test_what_is_no_json_is_refused(program, alice, body):
    for path in ("operations/", "serial-lists/", "device-views/"):
        answer = program(alice)("post", path, data=body.encode("utf-8", "surrogatepass"))
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
