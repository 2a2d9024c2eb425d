"""First match wins; a shadow rule decides and changes nothing; what is told of one device is what the database says."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.actions.rules.count_rules import RuleCounts, count_rules
from enrollment.actions.rules.decide import decide
from enrollment.actions.rules.explain_rules import explain_rules
from enrollment.models import Device, RuleMode, WishedBy
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db
IPADS, AIRS = [("family", "is", "iPad")], [("model", "contains", "Air")]


@pytest.fixture
def profile():
    return a_profile(a_token())


def decided(token):
    devices = decide(token.devices.all(), token.rules.all(), timezone.now())
    return {device.serial: (device.winner, device.shadow_winner) for device in devices}


def test_the_first_rule_that_matches_wins(profile):
    first, second = a_rule(profile, AIRS), a_rule(profile, IPADS)
    a_device(profile.token, serial="AIR", model="iPad Air (M2)")
    a_device(profile.token, serial="MINI", model="iPad mini (A17 Pro)")
    a_device(profile.token, serial="PHONE", model="iPhone 16", family="iPhone")
    assert decided(profile.token) == {"AIR": (first.pk, None), "MINI": (second.pk, None), "PHONE": (None, None)}
    assert count_rules(profile.token) == {first.pk: RuleCounts(1, 1), second.pk: RuleCounts(2, 1)}


def test_any_group_must_hold_and_in_it_all_conditions(profile):
    rule = a_rule(profile, [*AIRS, ("color", "is", "blue")], [("serial", "begins", "dm")])
    a_device(profile.token, serial="AIR", color="BLUE")
    a_device(profile.token, serial="RED-AIR", color="RED")
    a_device(profile.token, serial="DM-MINI", model="iPad mini (A17 Pro)", color="RED")
    won = {serial for serial, (winner, _shadow) in decided(profile.token).items() if winner == rule.pk}
    assert won == {"AIR", "DM-MINI"}


def test_a_shadow_rule_decides_and_keeps_no_other_from_winning(profile):
    shadow, active = a_rule(profile, AIRS, mode=RuleMode.SHADOW), a_rule(profile, IPADS)
    later = a_rule(profile, IPADS, mode=RuleMode.SHADOW)
    a_device(profile.token, serial="AIR")
    a_device(profile.token, serial="MINI", model="iPad mini (A17 Pro)")
    assert decided(profile.token) == {"AIR": (active.pk, shadow.pk), "MINI": (active.pk, None)}
    assert count_rules(profile.token) == {
        shadow.pk: RuleCounts(1, 1),
        active.pk: RuleCounts(2, 2),
        later.pk: RuleCounts(2, 0),
    }


def test_a_rule_that_is_off_or_empty_takes_no_part(profile):
    a_rule(profile, IPADS, mode=RuleMode.OFF), a_rule(profile), a_rule(profile, [])
    a_device(profile.token, serial="AIR")
    assert decided(profile.token) == {"AIR": (None, None)}


def test_as_many_rules_with_as_many_conditions_as_there_may_be(profile):
    """Both databases take an expression of that size, and the right rule wins."""
    for number in range(limits.RULES_PER_TOKEN):
        conditions = [("description", "contains_not", f"{number} {n}") for n in range(limits.CONDITIONS_PER_RULE - 1)]
        last = a_rule(profile, [*conditions, ("serial", "is", f"S{number}")])
    shadow = a_rule(profile, *([one] for one in conditions), mode=RuleMode.SHADOW, position=0)
    a_device(profile.token, serial=f"S{limits.RULES_PER_TOKEN - 1}")
    assert decided(profile.token) == {f"S{limits.RULES_PER_TOKEN - 1}": (last.pk, shadow.pk)}
    assert count_rules(profile.token)[last.pk] == RuleCounts(1, 1)


def test_a_device_tells_which_rule_won_and_why(profile):
    first = a_rule(profile, [*AIRS, ("color", "is", "RED")], [("asset_tag", "not_empty", "")])
    second, third = a_rule(profile, IPADS, [("color", "is", "BLUE")]), a_rule(profile, AIRS)
    device = a_device(profile.token, color="BLUE", wish="profile", profile=profile, wished_because=WishedBy.RULE)
    told = explain_rules(device)
    assert (told.winner, told.decided_by_rule, told.is_as_decided) == (second, True, True)
    one, two, three = told.rules
    assert one.fails_because == [["Colour is “RED”"], ["Asset tag is not empty"]]
    assert (two.holds_because, two.is_winner) == (["Family is “iPad”"], True)
    assert (three.rule, three.matches, three.is_winner) == (third, True, False)
    assert first != second


def test_explanations_and_the_database_name_the_same_winner():
    """Dice with a fixed seed: many devices, many rules."""
    dice, profile = random.Random(6), a_profile(a_token())
    values = {
        "model": ["iPad Air (M2)", "iPad mini", "iPhone 16", ""],
        "family": ["iPad", "iPhone", "Mac"],
        "color": ["BLUE", "RED", ""],
        "asset_tag": ["", "ROOM-1", "ROOM_2"],
    }
    tests = ["is", "is_not", "begins", "contains", "contains_not", "empty", "not_empty"]
    for _number in range(15):
        groups = [
            [
                (field, dice.choice(tests), dice.choice(["ipad", "i", "BLUE", "room_", "M", "1"]))
                for field in dice.choices(list(values), k=dice.randint(1, 3))
            ]
            for _group in range(dice.randint(1, 2))
        ]
        a_rule(profile, *groups, mode=dice.choice(RuleMode.values))
    for number in range(60):
        at = dice.choice([None, timezone.now() - timedelta(days=number)])
        a_device(profile.token, assigned_at=at, **{field: dice.choice(of) for field, of in values.items()})
    keys = {device.serial: key for device in Device.objects.all() for key in [_winner_of(device)]}
    assert {serial: winner for serial, (winner, _shadow) in decided(profile.token).items()} == keys
    assert len(set(keys.values())) > 2


def _winner_of(device):
    winner = explain_rules(device).winner
    return winner.pk if winner else None
