"""The audit log for programs: the filters of the page, one entry, files, the end of the chain (AUD-1, API-1)."""

import csv
import io
import json

import pytest

from enrollment.actions.audit.seal_audit import seal_audit
from enrollment.models import AuditEntry, AuditResult
from tests.cast import a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(alice, bob):
    token = a_token(name="Lyon")
    return [
        AuditEntry.record("token.edited", token, by=alice, before={"name": "Old"}, name="Lyon"),
        AuditEntry.record("token.renewal_refused", token, by=bob, result=AuditResult.REFUSED),
        AuditEntry.record("token.sync_asked", token, by=None, kind="full"),
    ]


def actions(answer):
    return [one["action"] for one in answer.json()["results"] if one["action"] != "api_key.made"]


def test_the_newest_first_and_page_by_page(program, alice, entries):
    ask = program(alice)
    assert actions(ask("get", "audit/")) == ["token.sync_asked", "token.renewal_refused", "token.edited"]
    first = ask("get", "audit/?page_size=2&token=" + str(entries[0].token_id)).json()
    assert [one["id"] for one in first["results"]] == [entries[2].pk, entries[1].pk]
    second = ask("get", first["next"].partition("/api/v1/")[2]).json()
    assert ([one["id"] for one in second["results"]], second["next"]) == ([entries[0].pk], None)


def test_an_entry_tells_all(program, alice, entries):
    seal_audit()
    entry = entries[0]
    entry.refresh_from_db()
    told = program(alice)("get", f"audit/{entry.pk}/").json()
    assert told == {
        "id": entry.pk,
        "number": 1,
        "at": told["at"],
        "person": alice.pk,
        "who": "alice",
        "key_name": "",
        "origin": "",
        "action": "token.edited",
        "what": "Token edited",
        "object_type": "token",
        "object_id": entry.token_id,
        "object_name": "Lyon",
        "token": entry.token_id,
        "before": {"name": "Old"},
        "after": {"name": "Lyon"},
        "result": "done",
        "chain_hash": entry.chain_hash,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action=token.edited", ["token.edited"]),
        ("action=token&result=refused", ["token.renewal_refused"]),
        ("person=clock&action=token", ["token.sync_asked"]),
        ("object_name=lyon&action=token.edited", ["token.edited"]),
        ("until=2001-01-01", []),
    ],
)
def test_the_filters_of_the_page(program, alice, entries, query, expected):
    assert actions(program(alice)("get", f"audit/?{query}")) == expected


@pytest.mark.parametrize("query", ["action=nothing", "person=x", "since=yesterday", "object_id=1.5", "token=999999"])
def test_a_filter_that_cannot_be_understood_is_said(program, alice, entries, query):
    answer = program(alice)("get", f"audit/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["errors"]
    for path in ("export", "lines"):
        assert program(alice)("get", f"audit/{path}/?{query}").status_code == 400
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


def test_as_files_with_the_key_that_asked(program, alice, entries):
    ask = program(alice)
    lines = ask("get", "audit/lines/?action=token").getvalue().decode().splitlines()
    assert [json.loads(one)["number"] for one in lines] == [3, 2, 1]
    file = ask("get", "audit/export/?action=token.edited").getvalue().decode("utf-8-sig")
    assert [row[6] for row in csv.reader(io.StringIO(file))] == ["Action", "token.edited"]
    told = AuditEntry.objects.filter(action="audit.exported")
    assert {entry.after["format"] for entry in told} == {"csv", "jsonl"}
    assert all(entry.key_name.startswith("test (pomona_") for entry in told)


def test_where_the_chain_reaches_to(program, alice, charlie, entries):
    ask = program(alice)
    head = seal_audit()
    assert ask("get", "audit/head/").json() == {
        "number": head.number,
        "chain_hash": head.chain_hash,
        "purged_number": 0,
        "noted": str(head),
    }
    assert program(charlie)("get", "audit/head/").status_code == 404
    assert program(alice, tags=["Elsewhere"])("get", "audit/head/").status_code == 404


def test_nobody_writes_it(program, alice, entries):
    ask = program(alice)
    for method in ("post", "put", "patch", "delete"):
        assert ask(method, f"audit/{entries[0].pk}/").status_code == 405
    assert ask("post", "audit/").status_code == 405


def test_a_program_of_elsewhere_reads_its_own(program, charlie, entries):
    assert actions(program(charlie)("get", "audit/")) == []
    assert program(charlie)("get", f"audit/{entries[0].pk}/").status_code == 404
