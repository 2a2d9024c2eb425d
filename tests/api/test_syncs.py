"""Syncs for programs: which there were, what they did, and to whom."""

import pytest

from enrollment.models import Role, SyncChange
from tests.cast import a_run, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db):
    run = a_run(a_token(), status="failed", trouble_sentence="Apple cannot be reached.", phases={"asking": 2.5})
    for kind, serial in (("added", "ONE"), ("updated", "TWO"), ("released", "THREE")):
        SyncChange.objects.create(run=run, kind=kind, serial=serial, differences={"color": ["BLUE", ""]})
    return run


def found(answer):
    assert answer.status_code == 200, answer.json()
    return [one["id"] for one in answer.json()["results"]]


def test_runs_are_filtered_by_token_status_and_kind_the_newest_first(program, alice, charlie, run):
    delta = a_run(a_token(), kind="delta", status="done")
    ask = program(alice)
    assert found(ask("get", "syncs/")) == [delta.pk, run.pk]
    assert found(ask("get", f"syncs/?token={run.token_id}")) == [run.pk]
    assert found(ask("get", "syncs/?status=done")) == [delta.pk]
    assert found(ask("get", "syncs/?kind=full")) == [run.pk]
    for query in ("token=99999", "status=x", "kind=x"):
        assert ask("get", f"syncs/?{query}").status_code == 400
    assert found(program(charlie)("get", "syncs/")) == []


def test_one_run_tells_where_its_time_went_and_its_trouble(program, alice, bob, charlie, run):
    follower = a_run(run.token, continues=run)
    answer = program(bob)("get", f"syncs/{run.pk}/").json()
    assert answer["phases"] == {"asking": 2.5, "storing": 0.0, "pausing": 0.0, "closing": 0.0}
    assert (answer["trouble"], answer["continued_by"]) == ("Apple cannot be reached.", follower.pk)
    assert program(charlie)("get", f"syncs/{run.pk}/").status_code == 404


def test_its_changes_are_for_those_who_may_read_devices(program, alice, charlie, run):
    path = f"syncs/{run.pk}/changes/"
    results = program(alice)("get", path).json()["results"]
    assert [one["serial"] for one in results] == ["ONE", "TWO", "THREE"]
    assert results[1]["differences"] == {"color": ["BLUE", ""]}
    assert [one["serial"] for one in program(alice)("get", f"{path}?kind=released").json()["results"]] == ["THREE"]
    assert program(charlie)("get", path).status_code == 404
    Role.objects.create(key="clerk", name="Clerk", permissions=["read_token"])
    assert program(alice, role="clerk")("get", path).status_code == 403
    assert program(alice, role="clerk")("get", f"syncs/{run.pk}/").status_code == 200
