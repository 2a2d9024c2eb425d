"""DEV-6 in the browser's words: put rules in order, fill one in, see what it would do, apply them, be stopped."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.rules.apply_rules import apply_rules
from enrollment.actions.rules.explain_rules import explain_rules
from enrollment.actions.rules.set_rules_brake import set_rules_brake
from enrollment.models import AssignmentRule, Operation, OperationStatus, RuleMode, Token, Wish, WishedBy
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db
IPADS = [("family", "is", "iPad")]


@pytest.fixture
def profile():
    return a_profile(a_token(name="Orchard"), name="Classroom")


def words_of(answer):
    return " ".join(answer.content.decode().split())


def names(token):
    return [rule.name for rule in token.rules.all()]


def typed(profile, *conditions, **more):
    """What the form sends: conditions as (group, field, test, value)."""
    sent = {"name": "iPads", "profile": profile.pk, "mode": "active", **more}
    for number, (group, field, test, value) in enumerate(conditions):
        for part, said in {"field": field, "test": test, "value": value}.items():
            sent[f"c-{group}-{number}-{part}"] = said
    return sent


def lines(answer):
    parts = ("field", "test", "value")
    return [[tuple(line.condition[part] for part in parts) for line in group] for group in answer.context["groups"]]


def test_the_list_says_each_rule_in_words_and_the_default_as_the_last(profile, as_bob):
    token = profile.token
    Token.objects.update(default_profile=profile, default_profile_since=timezone.now())
    a_rule(profile, [*IPADS, ("color", "contains", "b")], [("assigned_at", "last_days", "7")], name="Blue or new")
    a_rule(profile, name="Empty", mode=RuleMode.SHADOW)
    a_device(token)
    page = words_of(as_bob.get(reverse("rule-list", args=[token.pk]), {"counts": 1}))
    assert "Family is “iPad”" in page
    assert "Colour contains “b”" in page
    assert "Assigned on: in the last 7 days" in page
    assert "No condition: it matches nothing." in page
    assert "The last rule: devices that nothing was said about" in page
    assert "<dt>matches</dt> <dd>1</dd>" in page
    assert "Add rule" not in page
    assert 'name="move"' not in page


def test_without_counts_the_list_asks_for_them_by_itself(profile, as_alice):
    a_rule(profile, IPADS)
    address = reverse("rule-list", args=[profile.token.pk])
    assert f'hx-get="{address}?counts=1"' in as_alice.get(address).content.decode()
    assert "hx-get" not in words_of(as_alice.get(address, {"counts": 1})).partition('id="rules"')[2]


@pytest.mark.parametrize("counts", ["", "1"])
def test_the_list_asks_the_database_as_often_for_many_rules(profile, as_alice, counts):
    address = reverse("rule-list", args=[profile.token.pk])
    a_rule(profile, IPADS)
    as_alice.get(address)
    with CaptureQueriesContext(connection) as first:
        as_alice.get(address, {"counts": counts})
    for _number in range(10):
        a_rule(a_profile(profile.token), IPADS)
    with CaptureQueriesContext(connection) as second:
        as_alice.get(address, {"counts": counts})
    assert len(first) == len(second)


def test_rules_are_ordered_by_buttons_and_by_dragging(profile, as_alice):
    token = profile.token
    a, b, c = (a_rule(profile, IPADS, name=name) for name in "ABC")
    order = reverse("rules-order", args=[token.pk])
    answer = as_alice.post(order, {"move": f"{c.pk}:up"})
    assert answer.url.endswith(f"?moved={c.pk}")
    assert names(token) == ["A", "C", "B"]
    as_alice.post(order, {"move": f"{a.pk}:down"})
    assert names(token) == ["C", "A", "B"]
    as_alice.post(order, {"move": f"{c.pk}:up"})
    assert names(token) == ["C", "A", "B"], "the first stays"
    as_alice.post(order, {"order": f"{b.pk},{c.pk},{a.pk}", "moved": b.pk})
    assert names(token) == ["B", "C", "A"]
    elsewhere = a_rule(a_profile(a_token()), IPADS)
    as_alice.post(order, {"move": f"{elsewhere.pk}:up", "order": "x,²,-1"})
    assert names(token) == ["B", "C", "A"]


def test_conditions_come_and_go_and_nothing_typed_is_lost(profile, as_alice):
    address = reverse("rule-new", args=[profile.token.pk])
    assert lines(as_alice.get(address)) == [[("model", "contains", "")]]
    sent = typed(profile, (0, "family", "is", "iPad"), (0, "color", "is", ""), (4, "serial", "begins", "DM"), name="")
    answer = as_alice.post(address, {**sent, "do": "add:1"})
    assert lines(answer) == [
        [("family", "is", "iPad"), ("color", "is", "")],
        [("serial", "begins", "DM"), ("model", "contains", "")],
    ]
    assert "This field is required" not in words_of(answer), "nothing is judged before it is finished"
    assert lines(as_alice.post(address, {**sent, "do": "add-group"}))[2] == [("model", "contains", "")]
    assert lines(as_alice.post(address, {**sent, "do": "remove:1:0"})) == [
        [("family", "is", "iPad"), ("color", "is", "")]
    ]
    assert lines(as_alice.post(address, {**typed(profile, (0, "color", "is", "x")), "do": "remove:0:0"})) == [
        [("model", "contains", "")]
    ]
    for nonsense in ("remove:9:9", "add:99", "remove:x", "", "add:0:0:0"):
        assert len(lines(as_alice.post(address, {**sent, "do": nonsense}))) == 2
    assert not AssignmentRule.objects.exists()


def test_troubles_stand_at_their_condition(profile, as_alice):
    address = reverse("rule-new", args=[profile.token.pk])
    conditions = [(0, "model", "is", "x"), (1, "assigned_at", "contains", "2026"), (1, "assigned_at", "since", "soon")]
    answer = as_alice.post(address, {**typed(profile, *conditions), "do": "save"})
    troubles = [[line.trouble for line in group] for group in answer.context["groups"]]
    expected = ["Choose what must be so.", "Write the date as year-month-day, such as 2026-09-01."]
    assert troubles == [[""], expected]
    assert answer.context["groups"][1][1].kind == "date"
    assert not AssignmentRule.objects.exists()


def test_a_rule_is_previewed_and_then_saved_and_changed(profile, as_alice):
    token = profile.token
    a_device(token, serial="C02EXAMPLE")
    a_device(token, family="Mac", model="Mac mini (M4)")
    sent = typed(profile, (0, "family", "not_empty", "forgotten"))
    answer = as_alice.post(reverse("rule-new", args=[token.pk]), {**sent, "do": "preview"})
    told = answer.context["preview"]
    assert (told.matches, told.wins, told.gets) == (2, 2, 1)
    assert "C02EXAMPLE" in words_of(answer)
    assert "is of a family this profile is not made for" in words_of(answer)
    assert not AssignmentRule.objects.exists()
    answer = as_alice.post(reverse("rule-new", args=[token.pk]), {**sent, "do": "save"}, follow=True)
    assert "The rule is saved." in words_of(answer)
    rule = AssignmentRule.objects.get()
    assert rule.conditions == [[{"field": "family", "test": "not_empty", "value": ""}]]
    address = reverse("rule-edit", args=[rule.pk])
    assert lines(as_alice.get(address)) == [[("family", "not_empty", "")]]
    as_alice.post(address, {**typed(profile, (0, "family", "is", "Mac"), mode="shadow"), "do": "save"})
    rule.refresh_from_db()
    assert (rule.mode, rule.conditions[0][0]["value"]) == (RuleMode.SHADOW, "Mac")


def test_a_name_is_given_once_and_a_profile_is_the_tokens_own(profile, as_alice):
    a_rule(profile, IPADS, name="iPads")
    address = reverse("rule-new", args=[profile.token.pk])
    foreign = a_profile(a_token())
    answer = as_alice.post(address, {**typed(foreign, (0, "family", "is", "iPad")), "do": "save"})
    assert set(answer.context["form"].errors) == {"name", "profile"}
    assert AssignmentRule.objects.count() == 1


def test_without_a_profile_there_is_nothing_to_give(as_alice):
    page = as_alice.get(reverse("rule-new", args=[a_token().pk]))
    assert "Make one first." in words_of(page)


def test_rules_are_applied_to_what_is_there_after_a_preview(profile, as_alice):
    token = profile.token
    rule = a_rule(profile, IPADS, name="The iPads")
    devices = [a_device(token) for _number in range(3)]
    answer = as_alice.post(reverse("rules-apply", args=[token.pk]), {"about": "decided"}, follow=True)
    operation = Operation.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("operation-detail", args=[operation.pk])
    assert "The iPads" in words_of(answer)
    as_alice.post(reverse("operation-confirm", args=[operation.pk]))
    for device in devices:
        device.refresh_from_db()
        assert (device.wish, device.wished_because, device.profile) == (Wish.PROFILE, WishedBy.RULE, profile)
    as_alice.post(reverse("rules-apply", args=[token.pk]), {"about": "new"})
    assert Operation.objects.count() == 1, "that is what syncs do"
    page = as_alice.post(reverse("rule-delete", args=[rule.pk]), follow=True)
    assert "The rule is deleted." in words_of(page)
    assert "The iPads" not in words_of(as_alice.get(reverse("operation-detail", args=[operation.pk])))


def test_a_person_who_applies_many_is_told_of_the_brake(profile, as_alice, alice):
    set_rules_brake(profile.token, 1, by=alice)
    a_rule(profile, IPADS)
    a_device(profile.token), a_device(profile.token)
    answer = as_alice.post(reverse("rules-apply", args=[profile.token.pk]), {"about": "all"}, follow=True)
    assert "The rules would move 2 devices; by themselves they move at most 1 at once." in words_of(answer)


def test_what_the_brake_stops_is_told_everywhere_and_confirmed_by_hand(profile, as_alice, as_bob):
    token = profile.token
    assert as_alice.post(reverse("rules-brake", args=[token.pk]), {"brake": "many"}).status_code == 200
    as_alice.post(reverse("rules-brake", args=[token.pk]), {"brake": "1"})
    Token.objects.update(rules_decided_until=timezone.now())
    a_rule(profile, IPADS)
    a_device(token), a_device(token)
    stopped = apply_rules(token)
    link = reverse("operation-detail", args=[stopped.pk])
    banner = "The rules of “Orchard” have stopped: they would move 2 devices at once."
    page = words_of(as_bob.get(reverse("home")))
    assert banner in page
    assert link in page
    page = words_of(as_bob.get(reverse("rule-list", args=[token.pk])))
    assert "they would move 2 devices at once, and the brake allows 1." in page
    assert as_bob.post(reverse("operation-confirm", args=[stopped.pk])).status_code == 403
    as_alice.post(reverse("operation-confirm", args=[stopped.pk]))
    stopped.refresh_from_db()
    assert stopped.status == OperationStatus.DONE
    assert banner not in words_of(as_bob.get(reverse("home")))


def test_a_profile_is_not_deleted_while_a_rule_gives_it(profile, as_alice):
    a_rule(profile, IPADS, name="The iPads")
    answer = as_alice.post(reverse("profile-delete", args=[profile.pk]), follow=True)
    assert "Assignment rules give it to devices: “The iPads”." in words_of(answer)


def test_a_device_is_told_which_rule_wins_and_why(profile):
    a_rule(profile, [("family", "is", "Mac")], name="Macs")
    a_rule(profile, IPADS, name="The iPads")
    a_rule(profile, IPADS, name="Late")
    device = a_device(profile.token, wish=Wish.PROFILE, profile=profile, wished_because=WishedBy.RULE)
    told = " ".join(_explained(device).split())
    assert "“The iPads” wins and says: Classroom. That is what is wanted, because of a rule." in told
    assert "not so: Family is “Mac”" in told
    assert "matches, but a rule before it wins" in told
    assert not _explained(a_device(a_token())).strip()


def _explained(device):
    return render_to_string(
        "enrollment/rules/_explanation.html", {"device": device, "explanation": explain_rules(device)}
    )


def test_the_page_of_a_device_explains_nothing_where_there_are_no_rules(as_alice, profile):
    device = a_device(profile.token)
    url = reverse("device-detail", args=[device.pk])
    assert "Show the rules" not in as_alice.get(url).content.decode()
    a_rule(profile, IPADS)
    assert "Show the rules" in as_alice.get(url).content.decode()


def test_the_pages_speak_french(profile, as_alice):
    a_rule(profile, IPADS)
    page = words_of(as_alice.get(reverse("rule-list", args=[profile.token.pk]), headers={"accept-language": "fr"}))
    assert "Famille est « iPad »" in page
    assert "La première règle qui convient l'emporte." in page.replace("&#x27;", "'")
