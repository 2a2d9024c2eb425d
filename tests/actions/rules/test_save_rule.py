"""Rules are kept as they were said, in order, and every change is told in the activity log."""

import pytest

from enrollment import limits
from enrollment.actions.profiles.delete_profile import InTheWay, ProfileInUse, delete_profile
from enrollment.actions.profiles.delete_profiles_of_token import delete_profiles_of_token
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.actions.rules.order_rules import order_rules
from enrollment.actions.rules.preview_rules import preview_rules
from enrollment.actions.rules.save_rule import ConditionsRefused, TooManyRules, save_rule
from enrollment.models import AssignmentRule, AuditEntry, Operation, Profile, RuleMode, RulesAbout
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db
IPADS = [[{"field": "family", "test": "is", "value": " iPad "}], []]


@pytest.fixture
def profile():
    return a_profile(a_token(), name="Classroom")


def saved(profile, rule=None, by=None, **changes):
    values = {"name": "iPads", "profile": profile, "mode": RuleMode.ACTIVE, "conditions": IPADS, "by": by}
    return save_rule(profile.token, rule, **{**values, **changes})


def test_it_is_made_as_the_last_one_and_changed_in_its_place(profile, alice):
    first, second = saved(profile, by=alice), saved(profile, name="More", by=alice)
    assert first.conditions == [[{"field": "family", "test": "is", "value": "iPad"}]]
    saved(profile, AssignmentRule.objects.get(pk=first.pk), mode=RuleMode.SHADOW, by=alice)
    assert list(profile.token.rules.all()) == [first, second]
    made, changed = AuditEntry.objects.filter(object_name="iPads").order_by("pk")
    told = {"name": "iPads", "profile": "Classroom", "mode": "active", "conditions": [["family is iPad"]]}
    assert (made.action, made.after, made.token) == ("rule.made", told, profile.token)
    assert (changed.action, changed.before, changed.after["mode"]) == ("rule.changed", told, "shadow")


def test_conditions_that_cannot_be_are_refused_in_their_place(profile):
    wrong = [[IPADS[0][0], {"field": "color", "test": "is", "value": ""}]]
    with pytest.raises(ConditionsRefused) as refused:
        saved(profile, conditions=wrong)
    assert refused.value.troubles == {(0, 1): "Say a value; for no value there is “is empty”."}
    with pytest.raises(ConditionsRefused) as refused:
        saved(profile, conditions=[IPADS[0] * (limits.CONDITIONS_PER_RULE + 1)])
    assert list(refused.value.troubles.values()) == ["A rule has at most 50 conditions."]
    assert not AssignmentRule.objects.exists()


def test_a_token_has_so_many_rules_at_the_most(profile, monkeypatch):
    monkeypatch.setattr(limits, "RULES_PER_TOKEN", 1)
    rule = saved(profile)
    with pytest.raises(TooManyRules):
        saved(profile, name="More")
    saved(profile, rule, name="Others")


def test_the_order_is_what_is_said_and_what_is_not_named_follows(profile, alice):
    a, b, c = (a_rule(profile, name=name) for name in "ABC")
    assert order_rules(profile.token, [c.pk, a.pk, 999_999], by=alice)
    assert [rule.name for rule in profile.token.rules.all()] == ["C", "A", "B"]
    assert not order_rules(profile.token, [c.pk, a.pk, b.pk], by=alice)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == (
        "rules.ordered",
        {"order": ["A", "B", "C"]},
        {"order": ["C", "A", "B"]},
    )


def test_what_was_previewed_is_worth_nothing_once_rules_change(profile, alice):
    rule = saved(profile)
    a_device(profile.token)
    for change in (
        lambda: saved(profile, rule, name="Other"),
        lambda: saved(profile, name="More"),
        lambda: order_rules(profile.token, [profile.token.rules.last().pk], by=alice),
        lambda: delete_rule(rule, by=alice),
    ):
        preview_rules(profile.token, RulesAbout.ALL, by=alice)
        change()
        assert not Operation.objects.exists()


def test_pb_5_a_profile_that_a_rule_gives_is_not_deleted(profile, alice):
    rule = saved(profile)
    with pytest.raises(ProfileInUse) as refused:
        delete_profile(profile, by=alice)
    assert refused.value.reasons == [InTheWay.RULES]
    delete_rule(rule, by=alice)
    assert AuditEntry.objects.get(action="rule.deleted").object_name == "iPads"
    delete_profile(profile, by=alice)


def test_when_a_tokens_profiles_go_their_rules_go_with_them(profile, alice):
    saved(profile)
    used = a_profile(profile.token)
    kept = saved(used, name="Used")
    a_device(profile.token, wish="profile", profile=used)
    assert delete_profiles_of_token(profile.token, by=alice) == 1
    assert (Profile.objects.get(), AssignmentRule.objects.get()) == (used, kept)
