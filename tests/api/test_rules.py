"""DEV-6 for programs: rules of a token, in order, tried before they are saved, applied when confirmed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment import limits
from enrollment.models import AssignmentRule, AuditEntry, Operation, Permission, Role, Verdict
from enrollment.models.rule_condition import RuleField, RuleTest
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db
IPADS = [[{"field": "family", "test": "is", "value": "iPad"}]]


@pytest.fixture
def ours(db):
    return a_token(name="Ours")


@pytest.fixture
def profile(ours):
    return a_profile(ours, name="Classroom")


def errors(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


def a_body(profile, /, **changes):
    return {"name": "iPads", "profile": profile.pk, "conditions": IPADS, **changes}


def test_reading_has_three_visitors(program, ours, profile, alice, bob, charlie):
    rule = a_rule(profile, [("family", "is", "iPad")])
    here = f"tokens/{ours.pk}/rules/"
    for path in (here, f"{here}counts/", f"{here}brake/", f"rules/{rule.pk}/"):
        assert program(alice)("get", path).status_code == 200, path
        assert program(bob)("get", path).status_code == 200, path
        assert program(charlie)("get", path).status_code == 404, path
    bob.roles.set([Role.objects.create(key="profiles", permissions=[Permission.READ_PROFILE])])
    for path in (here, f"{here}counts/", f"{here}brake/", f"rules/{rule.pk}/"):
        assert program(bob)("get", path).status_code == 403, path


def test_changing_has_three_visitors(program, ours, profile, bob, charlie):
    rule = a_rule(profile, [("family", "is", "iPad")])
    here = f"tokens/{ours.pk}/rules/"
    changes = [
        ("post", here, a_body(profile)),
        ("post", f"{here}preview/", {"profile": profile.pk, "conditions": IPADS}),
        ("put", f"{here}order/", {"order": []}),
        ("put", f"{here}brake/", {"brake": 5}),
        ("post", f"{here}apply/", {"about": "all"}),
        ("patch", f"rules/{rule.pk}/", {"name": "Other"}),
        ("post", f"rules/{rule.pk}/preview/", {}),
        ("delete", f"rules/{rule.pk}/", None),
    ]
    for method, path, data in changes:
        assert program(bob)(method, path, data=data).status_code == 403, path
        assert program(charlie)(method, path, data=data).status_code == 404, path
    assert AssignmentRule.objects.get().name == rule.name
    assert not Operation.objects.exists()


def test_a_rule_is_made_changed_and_forgotten(program, ours, profile, alice):
    ask = program(alice)
    answer = ask("post", f"tokens/{ours.pk}/rules/", data=a_body(profile))
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["Location"] == f"http://testserver/api/v1/rules/{told['id']}/"
    assert (told["mode"], told["conditions"], told["in_words"]) == ("active", IPADS, [["Family is “iPad”"]])
    path = f"rules/{told['id']}/"
    assert ask("get", path).json() == told
    changed = ask("patch", path, data={"mode": "shadow"}).json()
    assert (changed["mode"], changed["name"], changed["conditions"]) == ("shadow", "iPads", IPADS)
    assert ask("delete", path).status_code == 204
    assert ask("get", path).status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="rule.").order_by("pk").values_list("action", "person")
    assert list(actions) == [(f"rule.{what}", alice.pk) for what in ("made", "changed", "deleted")]


def wrong_bodies():
    yield {"name": ""}, ["name"]
    yield {"name": "x" * 101}, ["name"]
    yield {"name": "a\x00"}, ["name"]
    yield {"name": "Taken"}, ["name"]
    yield {"mode": "perhaps"}, ["mode"]
    yield {"profile": None}, ["profile"]
    yield {"profile": 10**40}, ["profile"]
    yield {"conditions": []}, ["conditions"]
    yield {"conditions": [[]]}, ["conditions", "0"]
    yield {"conditions": {}}, ["conditions"]
    yield {"conditions": [[{"field": "family"}]]}, ["conditions", "0", "0", "test"]
    yield {"conditions": [[{"field": "shoe", "test": "is"}]]}, ["conditions", "0", "0", "field"]
    yield {"conditions": [[{"field": "model", "test": "is", "value": "a", "x": 1}]]}, ["conditions", "0", "0", "x"]
    yield {"conditions": [[{"field": "model", "test": "is"}]]}, ["conditions", "0", "0"]
    yield {"conditions": [[*IPADS[0], {"field": "model", "test": "since", "value": "a"}]]}, ["conditions", "0", "1"]
    yield {"conditions": [[{"field": "assigned_at", "test": "since", "value": "1.1.26"}]]}, ["conditions", "0", "0"]
    yield {"conditions": IPADS * 51}, ["conditions"]
    yield {"prophile": 1}, ["prophile"]


@pytest.mark.parametrize(("changes", "place"), list(wrong_bodies()), ids=str)
def test_what_is_wrong_is_told_where_it_is(program, ours, profile, alice, changes, place):
    a_rule(profile, [("family", "is", "Mac")], name="Taken")
    found = errors(program(alice)("post", f"tokens/{ours.pk}/rules/", data=a_body(profile, **changes)))
    for part in place:
        assert part in found, found
        found = found[part]
    assert found
    assert AssignmentRule.objects.count() == 1


def test_a_profile_of_another_token_is_none_of_the_rules(program, ours, profile, alice, charlie):
    other = a_profile(a_token())
    assert errors(program(alice)("post", f"tokens/{ours.pk}/rules/", data=a_body(other)))["profile"]
    rule = a_rule(profile, [("family", "is", "iPad")])
    assert errors(program(alice)("patch", f"rules/{rule.pk}/", data={"profile": other.pk}))["profile"]


def test_a_token_has_only_so_many_rules(program, ours, profile, alice):
    for _ in range(limits.RULES_PER_TOKEN):
        a_rule(profile, [("family", "is", "iPad")])
    answer = program(alice)("post", f"tokens/{ours.pk}/rules/", data=a_body(profile))
    assert answer.status_code == 409
    assert "100 rules" in answer.json()["detail"]


def test_a_rule_is_tried_before_it_is_saved(program, ours, profile, alice):
    a_rule(profile, [("model", "contains", "mini")])
    mini, air = (a_device(ours, family="iPad", model=model) for model in ("iPad mini", "iPad Air"))
    a_device(ours, family="Mac", model="iMac")
    path, said = f"tokens/{ours.pk}/rules/preview/", {"profile": profile.pk, "conditions": IPADS}
    told = program(alice)("post", path, data=said).json()
    assert (told["matches"], told["wins"], told["others"], told["gets"]) == (2, 1, 1, 1)
    assert told["examples"] == [{"device": air.pk, "serial": air.serial, "verdict": Verdict.GETS.value}]
    assert AssignmentRule.objects.count() == 1
    refused = program(alice)("post", path, data={**said, "conditions": [[{"field": "model", "test": "is"}]]})
    assert errors(refused)["conditions"]["0"]["0"]

    first = AssignmentRule.objects.get()
    told = program(alice)("post", f"rules/{first.pk}/preview/", data={}).json()
    assert [one["device"] for one in told["examples"]] == [mini.pk]
    told = program(alice)("post", f"rules/{first.pk}/preview/", data={"conditions": IPADS}).json()
    assert told["wins"] == 2


def test_how_many_each_rule_matches_and_wins(program, ours, profile, alice):
    first = a_rule(profile, [("model", "contains", "mini")])
    second = a_rule(profile, [("family", "is", "iPad")])
    for model in ("iPad mini", "iPad Air"):
        a_device(ours, family="iPad", model=model)
    assert program(alice)("get", f"tokens/{ours.pk}/rules/counts/").json() == {
        "counts": [{"rule": first.pk, "matches": 1, "wins": 1}, {"rule": second.pk, "matches": 2, "wins": 1}]
    }


def test_the_order_decides(program, ours, profile, alice):
    first, second, third = (a_rule(profile, [("family", "is", "iPad")]) for _ in range(3))
    path = f"tokens/{ours.pk}/rules/"
    assert program(alice)("put", f"{path}order/", data={"order": [third.pk]}).json() == {
        "order": [third.pk, first.pk, second.pk]
    }
    listed = program(alice)("get", path).json()["results"]
    assert [rule["id"] for rule in listed] == [third.pk, first.pk, second.pk]
    elsewhere = a_rule(a_profile(a_token()), [("family", "is", "iPad")])
    for wrong in ([elsewhere.pk], [10**30], ["x"], None, {}):
        assert errors(program(alice)("put", f"{path}order/", data={"order": wrong}))["order"]


def test_the_brake(program, ours, alice):
    path = f"tokens/{ours.pk}/rules/brake/"
    assert program(alice)("get", path).json() == {"brake": limits.RULES_BRAKE}
    assert program(alice)("put", path, data={"brake": 5}).json() == {"brake": 5}
    assert program(alice)("get", path).json() == {"brake": 5}
    for wrong in (-1, 10**8, "many", None):
        assert errors(program(alice)("put", path, data={"brake": wrong}))["brake"]


def test_the_rules_are_applied_as_an_operation(program, ours, profile, alice):
    a_rule(profile, [("family", "is", "iPad")])
    device = a_device(ours, family="iPad")
    answer = program(alice)("post", f"tokens/{ours.pk}/rules/apply/", data={"about": "decided"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["because"], told["gets"]) == ("previewed", "rule", 1)
    assert answer.headers["Location"].endswith(f"/api/v1/operations/{told['id']}/")
    program(alice)("post", f"operations/{told['id']}/confirm/")
    device.refresh_from_db()
    assert device.profile == profile
    for wrong in ("new", "everything", None):
        refused = program(alice)("post", f"tokens/{ours.pk}/rules/apply/", data={"about": wrong})
        assert errors(refused)["about"]


def test_a_list_asks_the_same_questions_for_1_and_11_rules(program, ours, profile, alice):
    ask = program(alice)

    def asked():
        with CaptureQueriesContext(connection) as questions:
            assert ask("get", f"tokens/{ours.pk}/rules/").status_code == 200
        return len(questions)

    a_rule(profile, [("family", "is", "iPad")])
    asked()
    first = asked()
    for _ in range(10):
        a_rule(a_profile(ours), [("family", "is", "iPad")])
    assert asked() == first


def test_of_what_conditions_are_made(program, bob):
    told = program(bob)("get", "rule-conditions/", headers={"Accept-Language": "fr"}).json()
    assert [one["field"] for one in told["fields_of_a_device"]] == RuleField.values
    assert {test["test"] for one in told["fields_of_a_device"] for test in one["tests"]} == set(RuleTest.values)
    assert told["fields_of_a_device"][0]["label"] == "Modèle"
    assert told["most_conditions"] == limits.CONDITIONS_PER_RULE
