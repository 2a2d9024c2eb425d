"""What a preview says is what comes of it, device by device (DEV-6)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.devices.confirm_operation import confirm_operation
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.rules.preview_rule import preview_rule
from enrollment.actions.rules.preview_rules import preview_rules
from enrollment.models import AssignmentRule, Device, RuleMode, RulesAbout, Verdict, Wish, WishedBy
from tests.cast import a_device, a_profile, a_rule, a_token

pytestmark = pytest.mark.django_db
IPADS, AIRS = [("family", "is", "iPad")], [("model", "contains", "Air")]
MODELS = ["iPad Air (M2)", "iPad mini (A17 Pro)", "iPhone 16", "Mac mini (M4)"]


@pytest.fixture
def profile():
    return a_profile(a_token(), apple_uuid="A" * 32)


def a_fleet(token, count):
    """In bulk: models in turn, every tenth with another tool's profile."""
    now = timezone.now()
    Device.objects.bulk_create(
        Device(
            token=token,
            serial=f"F{number:06}",
            model=MODELS[number % 4],
            family=MODELS[number % 4].split()[0],
            asset_tag=f"ROOM-{number % 7}" if number % 3 else "",
            apple_profile_status="assigned" if number % 10 == 0 else "empty",
            apple_profile_uuid="F" * 32 if number % 10 == 0 else "",
            appeared_at=now - timedelta(days=9),
        )
        for number in range(count)
    )


def test_ten_thousand_devices_come_out_as_previewed(profile, alice):
    """The preview of the unsaved rule, that of all rules, and what is wanted in the end are the same devices."""
    token, room = profile.token, a_profile(profile.token)
    a_fleet(token, 15_000)
    assign_profile(token.devices.filter(asset_tag="ROOM-5", family="iPad"), room, by=alice)
    a_rule(room, [("asset_tag", "is", "room-1")])
    rule = AssignmentRule(token=token, profile=profile, name="All but the Macs", conditions=[])
    rule.conditions = [[{"field": "family", "test": "is_not", "value": "mac"}]]
    told = preview_rule(rule)
    rule.position = 1_000_000
    rule.save()

    operation = preview_rules(token, RulesAbout.DECIDED, by=alice)
    of_rule = operation.devices.filter(rule=rule)
    said = {verdict: of_rule.filter(verdict=verdict).count() for verdict in told.counts}
    assert said == told.counts
    assert told.wins == of_rule.count()
    assert told.gets > 7_000
    to_get = {(row.device_id, row.profile_id) for row in operation.devices.filter(verdict=Verdict.GETS)}
    confirm_operation(operation, by=alice)

    wished = Device.objects.filter(wished_because=WishedBy.RULE).values_list("pk", "profile")
    assert set(wished) == to_get
    assert len(to_get) == operation.gets >= 8_000
    assert set(told.counts) == {Verdict.GETS, Verdict.FOREIGN, Verdict.BY_PERSON}
    again = preview_rule(rule)
    assert (again.has, again.gets) == (told.gets, 0)


@pytest.mark.parametrize(
    ("about", "gets", "left"),
    [
        (RulesAbout.UNSAID, ["UNSAID"], {}),
        (RulesAbout.DECIDED, ["OF-DEFAULT", "OF-RULE", "UNSAID"], {Verdict.BY_PERSON: 1}),
        (RulesAbout.ALL, ["OF-ALICE", "OF-DEFAULT", "OF-RULE", "UNSAID"], {}),
    ],
)
def test_about_which_devices_they_decide_is_chosen(profile, alice, about, gets, left):
    token, other = profile.token, a_profile(profile.token)
    a_rule(profile, IPADS)
    deciders = {"OF-ALICE": WishedBy.PERSON, "OF-DEFAULT": WishedBy.DEFAULT, "OF-RULE": WishedBy.RULE}
    for serial, because in deciders.items():
        a_device(token, serial=serial, wish=Wish.PROFILE, profile=other, wished_because=because)
    a_device(token, serial="UNSAID")
    a_device(token, serial="RELEASED", released_at=timezone.now())
    operation = preview_rules(token, about, by=alice)
    found = operation.devices.filter(verdict=Verdict.GETS).values_list("serial", flat=True)
    assert (sorted(found), operation.counts) == (gets, {Verdict.GETS: len(gets), **left})


def test_a_preview_tells_what_other_rules_take_and_gives_examples(profile):
    token = profile.token
    first, second = a_rule(profile, AIRS), a_rule(profile, IPADS)
    a_fleet(token, 40)
    told = preview_rule(second)
    assert (told.matches, told.wins, told.others) == (20, 10, 10)
    assert {(device.model, verdict) for device, verdict in told.examples} == {("iPad mini (A17 Pro)", Verdict.GETS)}
    assert preview_rule(first).wins == 10
    assert preview_rule(first).cannot == {Verdict.FOREIGN: 2}


@pytest.mark.parametrize("mode", [RuleMode.SHADOW, RuleMode.OFF])
def test_a_rule_is_previewed_as_if_it_were_active(profile, mode):
    a_rule(profile, AIRS)
    tried = a_rule(profile, IPADS, mode=mode, position=0)
    a_fleet(profile.token, 40)
    assert preview_rule(tried).wins == 20


def test_a_rule_without_conditions_is_previewed_as_nothing(profile):
    a_device(profile.token)
    told = preview_rule(AssignmentRule(token=profile.token, profile=profile, name="Empty", conditions=[[]]))
    assert (told.matches, told.wins, told.counts, told.examples) == (0, 0, {}, [])
