"""DEV-3 for programs: many serial numbers looked up at once, each row answered, assigned from the result."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT as MULTIPART
from django.test.utils import CaptureQueriesContext

from enrollment import limits
from enrollment.actions.serials.read_serials import read_serials
from enrollment.models import AuditEntry, SerialList
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(db):
    return a_token(name="Ours")


def errors(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


def counts(told):
    return {one["verdict"]: one["count"] for one in told["counts"]}


def test_a_list_is_its_owners(program, ours, alice, bob, charlie):
    serials = read_serials(a_device(ours).serial, name="Delivery", by=bob)
    for path in ("", "rows/", "export/"):
        assert program(bob)("get", f"serial-lists/{serials.pk}/{path}").status_code == 200
        assert program(alice)("get", f"serial-lists/{serials.pk}/{path}").status_code == 404
    assert len(program(bob)("get", "serial-lists/").json()["results"]) == 1
    assert program(alice)("get", "serial-lists/").json()["results"] == []
    said = {"profile": None}
    assert program(bob)("post", f"serial-lists/{serials.pk}/assign/", data=said).status_code == 403
    assert program(alice)("post", f"serial-lists/{serials.pk}/assign/", data=said).status_code == 404
    assert program(alice)("delete", f"serial-lists/{serials.pk}/").status_code == 404
    assert program(bob)("delete", f"serial-lists/{serials.pk}/").status_code == 204
    assert not SerialList.objects.exists()


@pytest.mark.parametrize("how", ["rows", "text", "file"])
def test_a_list_is_read_in_each_of_its_forms(program, ours, alice, how):
    a_device(ours, serial="ABC123456789")
    text = "serial;profile;note\nabc-123456789;Classroom;Desk 1\nUNKNOWN00000;;\nABC123456789;;\n!;;"
    rows = [{"serial": "abc-123456789", "profile": "Classroom", "note": "Desk 1"}, {"serial": "UNKNOWN00000"}]
    rows += [{"serial": "ABC123456789", "profile": ""}, {"serial": "!"}]
    ask = program(alice)
    if how == "file":
        body = {"file": SimpleUploadedFile("Delivery.csv", text.encode("utf-16"))}
        answer = ask("post", "serial-lists/upload/", data=body, content_type=MULTIPART)
    else:
        answer = ask("post", "serial-lists/", data={"name": "Delivery.csv", how: rows if how == "rows" else text})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert answer.headers["Location"] == f"http://testserver/api/v1/serial-lists/{told['id']}/"
    assert (told["name"], told["rows"]) == ("Delivery.csv", 4)
    assert counts(told) == {"found": 1, "unknown": 1, "duplicate": 1, "no_serial": 1}
    assert told["tokens"] == [{"token": ours.pk, "name": "Ours", "count": 1}]
    first = ask("get", f"serial-lists/{told['id']}/rows/").json()["results"][0]
    assert (first["serial"], first["profile"], first["note"]) == ("ABC123456789", "Classroom", "Desk 1")
    assert AuditEntry.objects.filter(action="serial_list.read", person=alice).exists()


def wrong_bodies():
    yield {}, "non_field_errors"
    yield {"text": "A", "rows": [{"serial": "A"}]}, "non_field_errors"
    yield {"text": ""}, "text"
    yield {"text": " \n "}, "text"
    yield {"text": None}, "text"
    yield {"text": "a\x00"}, "text"
    yield {"rows": []}, "rows"
    yield {"rows": {}}, "rows"
    yield {"rows": None}, "rows"
    yield {"rows": ["ABC"]}, "rows"
    yield {"rows": [{"serial": "OK12345"}, {"serial": ""}]}, "rows"
    yield {"rows": [{"serial": None}]}, "rows"
    yield {"rows": [{"serial": "A" * 251}]}, "rows"
    yield {"rows": [{"serial": "A", "note": "\x00"}]}, "rows"
    yield {"rows": [{"serial": "A", "profile": ["x"]}]}, "rows"
    yield {"rows": [{"serial": "A", "profil": "x"}]}, "rows"
    yield {"rows": [{"serial": "A"}], "name": "x" * 201}, "name"


@pytest.mark.parametrize(("said", "field"), list(wrong_bodies()), ids=str)
def test_what_cannot_be_read_is_told_at_its_field(program, alice, said, field):
    assert field in errors(program(alice)("post", "serial-lists/", data=said))
    assert not SerialList.objects.exists()


def test_a_wrong_row_is_told_by_its_place(program, alice):
    rows = [{"serial": "OK12345"}, {"serial": ""}, {"serial": "OK12345", "x": "y"}]
    assert set(errors(program(alice)("post", "serial-lists/", data={"rows": rows}))["rows"]) == {"1", "2"}


def test_too_many_rows_are_refused(program, alice):
    rows = [{"serial": "A"}] * (limits.SERIALS_PER_LIST + 1)
    answer = program(alice)("post", "serial-lists/", data={"rows": rows})
    assert "100000" in errors(answer)["rows"][0]


def test_a_list_may_be_longer_than_other_requests(program, alice):
    text = "ABC123456789,," + "x" * (limits.API_REQUEST_BYTES + limits.AROUND_BYTES)
    assert program(alice)("post", "serial-lists/", data={"text": text}).status_code == 201
    body = {"file": SimpleUploadedFile("list.csv", text.encode())}
    assert program(alice)("post", "serial-lists/upload/", data=body, content_type=MULTIPART).status_code == 201
    text = "x" * (limits.SERIAL_LIST_BYTES + limits.AROUND_BYTES)
    assert program(alice)("post", "serial-lists/", data={"text": text}).status_code == 413


def test_a_file_that_is_no_list_is_told_what_it_is(program, alice):
    ask = program(alice)
    body = {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")}
    answer = ask("post", "serial-lists/upload/", data=body, content_type=MULTIPART)
    assert "save it as CSV" in errors(answer)["file"][0]
    assert errors(ask("post", "serial-lists/upload/", data={}, content_type=MULTIPART))["file"]
    assert ask("post", "serial-lists/upload/", data={"text": "A"}).status_code == 415


def test_rows_by_answer_and_by_token(program, ours, alice):
    other = a_token()
    here, there = a_device(ours), a_device(other)
    serials = read_serials(f"{here.serial}\n{there.serial}\nUNKNOWN00000", name="x", by=alice)
    ask, path = program(alice), f"serial-lists/{serials.pk}/rows/"
    rows = ask("get", path).json()["results"]
    assert [[device["device"] for device in row["devices"]] for row in rows] == [[here.pk], [there.pk], []]
    assert [row["serial"] for row in ask("get", f"{path}?verdict=unknown").json()["results"]] == ["UNKNOWN00000"]
    assert [row["serial"] for row in ask("get", f"{path}?token={other.pk}").json()["results"]] == [there.serial]
    assert ask("get", f"{path}?token={10**30}").json()["results"] == []
    assert errors(ask("get", f"{path}?verdict=nonsense"))["verdict"]
    assert errors(ask("get", f"{path}?token=x"))["token"]
    a_device(ours, serial="UNKNOWN00000")
    assert ask("get", f"{path}?verdict=unknown").json()["results"][0]["has_come"] is True
    assert len(ask("get", f"{path}?page_size=2").json()["results"]) == 2


def test_a_list_shows_no_more_than_its_owner_sees(program, ours, charlie):
    device = a_device(ours)
    answer = program(charlie)("post", "serial-lists/", data={"rows": [{"serial": device.serial}]})
    assert counts(answer.json()) == {"unknown": 1}
    assert answer.json()["tokens"] == []
    rows = program(charlie)("get", f"serial-lists/{answer.json()['id']}/rows/").json()["results"]
    assert rows[0]["devices"] == []


def test_assigning_from_the_result(program, ours, alice):
    classroom, office = a_profile(ours, name="Classroom"), a_profile(ours, name="Office")
    first, second = a_device(ours), a_device(ours)
    serials = read_serials(f"{first.serial},Classroom\n{second.serial}", name="x", by=alice)
    path = f"serial-lists/{serials.pk}/assign/"
    answer = program(alice)("post", path, data={"profile": office.pk})
    assert (answer.status_code, answer.json()["gets"]) == (201, 2)
    answer = program(alice)("post", path, data={"profile": None})
    assert answer.json()["gets"] == 1
    program(alice)("post", f"operations/{answer.json()['id']}/confirm/")
    first.refresh_from_db()
    assert first.profile == classroom
    for wrong in ({}, {"profile": "named"}, {"profile": 10**30}, {"profile": a_profile(ours).pk, "x": 1}):
        assert errors(program(alice)("post", path, data=wrong))


def test_an_export_is_recorded(program, ours, alice):
    serials = read_serials(a_device(ours).serial, name='Été "17".csv', by=alice)
    answer = program(alice)("get", f"serial-lists/{serials.pk}/export/", headers={"Accept-Language": "fr"})
    assert 'filename="ete-17-answers.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(answer.getvalue().decode().splitlines(), delimiter=";"))
    assert rows[0][1] == "Tel que donné"
    assert len(rows) == 2
    assert AuditEntry.objects.filter(action="serial_list.exported", person=alice).exists()


def test_lists_ask_the_same_questions_for_1_and_11(program, ours, alice):
    ask = program(alice)
    serials = read_serials(f"{a_device(ours).serial},Classroom", name="x", by=alice)

    def asked(pk):
        with CaptureQueriesContext(connection) as questions:
            ask("get", "serial-lists/")
            ask("get", f"serial-lists/{pk}/rows/")
        return len(questions)

    asked(serials.pk)
    first = asked(serials.pk)
    lines = "\n".join(f"{a_device(a_token()).serial},Classroom" for _ in range(11))
    eleven = [read_serials(lines, name="x", by=alice) for _ in range(10)][-1]
    assert asked(eleven.pk) == first
