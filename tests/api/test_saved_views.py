"""DEV-1 for programs: what people make of the device list for themselves is their own."""

import pytest

from enrollment import limits
from enrollment.actions.access.save_device_view import save_device_view
from enrollment.models.device_list import COLUMNS

pytestmark = pytest.mark.django_db


def test_a_view_is_ones_own(program, alice, bob):
    view = save_device_view(bob, "Failed", "state=failed")
    assert program(bob)("get", f"device-views/{view.pk}/").json()["query"] == "state=failed"
    assert [one["id"] for one in program(bob)("get", "device-views/").json()["results"]] == [view.pk]
    assert program(alice)("get", "device-views/").json()["results"] == []
    for method in ("get", "delete"):
        assert program(alice)(method, f"device-views/{view.pk}/").status_code == 404
    assert program(bob)("delete", f"device-views/{view.pk}/").status_code == 204
    assert not bob.saved_views.exists()


def test_a_view_is_saved_and_replaced(program, bob):
    said = {"name": "Failed", "query": "state=failed&nonsense=1&sort=-model&after=x"}
    answer = program(bob)("post", "device-views/", data=said)
    assert answer.status_code == 201
    assert answer.json()["query"] == "state=failed&sort=-model"
    assert answer.headers["Location"].endswith(f"/device-views/{answer.json()['id']}/")
    again = program(bob)("post", "device-views/", data=said)
    assert again.status_code == 409
    assert "of this name already" in again.json()["detail"]
    answer = program(bob)("post", "device-views/", data={**said, "query": "", "replaces": True})
    assert answer.json() == {"id": bob.saved_views.get().pk, "name": "Failed", "query": ""}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "\x00"}, "name"),
        ({"query": "x" * 2_001}, "query"),
        ({"query": None}, "query"),
        ({"replaces": "perhaps"}, "replaces"),
        ({"reple": True}, "reple"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_at_its_field(program, bob, changes, field):
    answer = program(bob)("post", "device-views/", data={"name": "Failed", "query": "", **changes})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not bob.saved_views.exists()


def test_there_are_only_so_many(program, bob):
    for number in range(limits.SAVED_VIEWS_PER_PERSON):
        save_device_view(bob, f"View {number}", "")
    answer = program(bob)("post", "device-views/", data={"name": "One more", "query": ""})
    assert answer.status_code == 409
    assert "50 views" in answer.json()["detail"]


def test_columns_are_chosen(program, bob):
    usual = [column.name for column in COLUMNS.values() if column.is_usual]
    ask = program(bob)
    assert ask("get", "device-columns/").json() == {"columns": usual}
    assert ask("put", "device-columns/", data={"columns": ["os", "model"]}).json() == {"columns": ["model", "os"]}
    assert ask("get", "device-columns/").json() == {"columns": ["model", "os"]}
    assert ask("put", "device-columns/", data={"columns": []}).json() == {"columns": usual}
    for wrong in (["nonsense"], None, "model", {}, [["model"]]):
        assert ask("put", "device-columns/", data={"columns": wrong}).status_code == 400
