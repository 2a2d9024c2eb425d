"""What a sync brings is decided by the rules: new and returned devices, never against a person or another tool."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from enrollment.actions.devices.confirm_operation import ChangedMeanwhile, confirm_operation
from enrollment.actions.devices.discard_operation import discard_operation
from enrollment.actions.devices.preview_again import preview_again
from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.apply_default_profile import apply_default_profile
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.actions.rules.apply_rules import apply_rules
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.actions.rules.order_rules import order_rules
from enrollment.actions.rules.save_rule import save_rule
from enrollment.actions.rules.set_rules_brake import set_rules_brake
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.models import AuditEntry, Device, Operation, OperationStatus, RuleMode, Verdict, Wish, WishedBy
from tests.cast import a_device, a_profile, a_run, a_token

IPADS = [[{"field": "family", "test": "is", "value": "iPad"}]]
ALL = [[{"field": "family", "test": "not_empty", "value": ""}]]
LONG_AGO = timezone.now() - timedelta(days=9)
TAGGED = [[{"field": "asset_tag", "test": "begins", "value": "ROOM"}]]


@pytest.fixture
def ours(db):
    return a_token(name="Orchard")


@pytest.fixture
def profile(ours):
    return a_profile(ours, apple_uuid="A" * 32, name="Classroom")


def a_saved_rule(profile, conditions=IPADS, mode=RuleMode.ACTIVE, **changes):
    values = {"name": f"To {profile.name} {profile.token.rules.count()}", "profile": profile, "mode": mode}
    return save_rule(profile.token, None, conditions=conditions, by=None, **{**values, **changes})


def wished(device):
    device.refresh_from_db()
    return device.wish, device.wished_because, device.profile


def test_devices_that_appear_are_decided_about_and_those_there_before_are_not(ours, profile, alice):
    before = a_device(ours, appeared_at=timezone.now() - timedelta(minutes=1))
    rule = a_saved_rule(profile)
    new, mac = a_device(ours), a_device(ours, family="Mac")
    operation = apply_rules(ours)
    assert wished(new) == (Wish.PROFILE, WishedBy.RULE, profile)
    assert wished(before)[0] == wished(mac)[0] == Wish.NOTHING_SAID
    (row,) = operation.devices.all()
    assert (row.device, row.rule, row.profile, row.verdict) == (new, rule, profile, Verdict.GETS)
    assert (operation.status, operation.by, operation.because) == (OperationStatus.DONE, None, WishedBy.RULE)
    assert AuditEntry.objects.filter(action="profile.assigned", who="", after__because="rule").count() == 1
    assert apply_rules(ours) is None, "nothing is decided twice"
    assert Operation.objects.count() == 1


def test_a_returned_device_is_decided_anew_unless_a_person_has_decided(ours, profile, alice):
    other = a_profile(ours)
    a_saved_rule(profile)
    of_rule, of_default, of_alice, without = (a_device(ours) for _number in range(4))
    chosen = ours.devices.all()
    assign_profile(chosen.filter(pk=of_rule.pk), other, by=None, because=WishedBy.RULE)
    assign_profile(chosen.filter(pk=of_default.pk), other, by=None, because=WishedBy.DEFAULT)
    assign_profile(chosen.filter(pk=of_alice.pk), other, by=alice)
    unassign_profile(chosen.filter(pk=without.pk), by=alice)
    operation = apply_rules(ours)
    assert wished(of_rule) == wished(of_default) == (Wish.PROFILE, WishedBy.RULE, profile)
    assert wished(of_alice) == (Wish.PROFILE, WishedBy.PERSON, other)
    assert wished(without)[0] == Wish.NO_PROFILE
    assert operation.counts == {Verdict.GETS: 2, Verdict.BY_PERSON: 2}


def test_a_profile_of_another_tool_is_left_alone(ours, profile):
    a_saved_rule(profile)
    foreign = a_device(ours, apple_profile_status="assigned", apple_profile_uuid="F" * 32)
    known = a_device(ours, apple_profile_status="pushed", apple_profile_uuid="A" * 32)
    assert apply_rules(ours).counts == {Verdict.FOREIGN: 1, Verdict.GETS: 1}
    assert wished(foreign)[0] == Wish.NOTHING_SAID
    assert wished(known) == (Wish.PROFILE, WishedBy.RULE, profile)


def test_a_device_that_cannot_have_it_is_told(ours, profile):
    a_saved_rule(profile, ALL)
    a_device(ours, family="Mac")
    assert apply_rules(ours).counts == {Verdict.OTHER_PLATFORM: 1}
    assert not Device.objects.exclude(wish=Wish.NOTHING_SAID).exists()


def test_a_shadow_rule_is_written_down_and_nothing_is_done(ours, profile):
    rule = a_saved_rule(profile, mode=RuleMode.SHADOW)
    device = a_device(ours)
    operation = apply_rules(ours)
    assert operation.counts == {Verdict.SHADOW: 1}
    assert operation.devices.get().rule == rule
    assert wished(device)[0] == Wish.NOTHING_SAID


def test_the_default_profile_is_the_last_rule(ours, profile, alice):
    default = a_profile(ours)
    set_default_profile(ours, default, by=alice)
    a_saved_rule(profile, TAGGED)
    tagged, plain = a_device(ours, asset_tag="ROOM 7"), a_device(ours)
    apply_rules(ours)
    apply_default_profile(ours)
    assert wished(tagged) == (Wish.PROFILE, WishedBy.RULE, profile)
    assert wished(plain) == (Wish.PROFILE, WishedBy.DEFAULT, default)


class TestTheBrake:
    @pytest.fixture
    def stopped(self, ours, profile, alice):
        set_rules_brake(ours, 2, by=alice)
        a_saved_rule(profile)
        for number in range(3):
            a_device(ours, serial=f"NEW{number}")
        return apply_rules(ours)

    def test_it_stops_what_would_move_more_and_warns(self, ours, stopped, alice, bob, charlie):
        assert (stopped.is_stopped, stopped.status, stopped.gets) == (True, OperationStatus.PREVIEWED, 3)
        assert not Device.objects.filter(wish=Wish.PROFILE).exists()
        for person in (alice, bob):
            (warning,) = current_warnings(person)
            assert (warning.token, warning.details["operation"]) == (ours, stopped.pk)
        assert current_warnings(charlie) == []
        assert AuditEntry.objects.get(action="rules.stopped").after == {"devices": 3, "brake": 2}

    def test_as_many_as_it_allows_go_on(self, ours, stopped):
        Device.objects.get(serial="NEW0").delete()
        assert apply_rules(ours).status == OperationStatus.DONE

    def test_confirmed_it_goes_on_and_is_not_decided_again(self, ours, stopped, profile, alice):
        confirm_operation(stopped, by=alice)
        assert Device.objects.filter(wish=Wish.PROFILE, profile=profile, wished_because=WishedBy.RULE).count() == 3
        assert current_warnings(alice) == []
        Device.objects.update(wish=Wish.NOTHING_SAID, profile=None)
        Device.objects.update(appeared_at=stopped.rules_until - timedelta(seconds=1))
        assert apply_rules(ours) is None

    def test_the_next_run_takes_its_place_with_what_came_since(self, ours, stopped):
        a_device(ours, serial="NEW3")
        newer = apply_rules(ours)
        assert (newer.is_stopped, newer.gets) == (True, 4)
        assert Operation.objects.get() == newer
        assert AuditEntry.objects.filter(action="rules.stopped").count() == 1

    def test_the_default_profile_waits_for_it(self, ours, stopped, alice):
        default = a_profile(ours)
        set_default_profile(ours, default, by=alice)
        Device.objects.update(appeared_at=timezone.now())
        mac = a_device(ours, family="Mac")
        iphone = a_device(ours, family="iPhone")
        apply_rules(ours)
        apply_default_profile(ours)
        assert wished(iphone) == (Wish.PROFILE, WishedBy.DEFAULT, default)
        assert wished(mac)[0] == Wish.NOTHING_SAID, "of another platform"
        assert not Device.objects.filter(serial__startswith="NEW").exclude(wish=Wish.NOTHING_SAID).exists()

    def test_discarded_its_devices_are_left_as_they_are(self, ours, stopped):
        Device.objects.update(appeared_at=stopped.rules_until - timedelta(seconds=1))
        assert discard_operation(stopped, by=None)
        assert apply_rules(ours) is None

    def test_when_rules_change_nothing_of_before_is_confirmed(self, ours, stopped, alice):
        delete_rule(ours.rules.get(), by=alice)
        assert not Operation.objects.exists()
        assert apply_rules(ours) is None

    def test_it_is_previewed_anew_when_devices_have_changed(self, ours, stopped, alice, profile):
        other = a_profile(ours)
        assign_profile(ours.devices.filter(serial="NEW0"), other, by=alice)
        with pytest.raises(ChangedMeanwhile):
            confirm_operation(stopped, by=alice)
        newer = preview_again(stopped, by=alice)
        assert (newer.counts, newer.is_stopped) == ({Verdict.GETS: 2, Verdict.BY_PERSON: 1}, True)
        assert newer.rules_until == stopped.rules_until
        confirm_operation(newer, by=alice)
        assert profile.devices.count() == 2
        ours.refresh_from_db()
        assert ours.rules_decided_until == stopped.rules_until

    def test_a_device_that_another_rule_would_win_now_is_not_moved(self, ours, stopped, alice, profile):
        other = a_profile(ours)
        first = a_saved_rule(other, TAGGED)
        order_rules(ours, [first.pk], by=alice)
        stopped = apply_rules(ours)
        Device.objects.filter(serial="NEW1").update(asset_tag="ROOM 1")  # a sync came between
        with pytest.raises(ChangedMeanwhile) as changed:
            confirm_operation(stopped, by=alice)
        assert changed.value.count == 1
        assert not profile.devices.exists()

    def test_a_profile_that_another_tool_gave_meanwhile_stays(self, ours, stopped, alice, profile):
        Device.objects.filter(serial="NEW1").update(apple_profile_status="assigned", apple_profile_uuid="F" * 32)
        with pytest.raises(ChangedMeanwhile):
            confirm_operation(stopped, by=alice)
        assert preview_again(stopped, by=alice).counts == {Verdict.GETS: 2, Verdict.FOREIGN: 1}


class Killed(Exception):
    pass


def test_one_killed_between_decision_and_watermark_has_done_nothing(ours, profile):
    """The database is gone when the watermark is written; the next run does it all."""
    a_saved_rule(profile)
    device = a_device(ours)
    ours.refresh_from_db()
    before = ours.rules_decided_until

    def dies(execute, sql, *more):
        if sql.startswith("UPDATE") and "rules_decided_until" in sql:
            raise Killed
        return execute(sql, *more)

    with connection.execute_wrapper(dies), pytest.raises(Killed):
        apply_rules(ours)
    ours.refresh_from_db()
    assert ours.rules_decided_until == before
    assert wished(device)[0] == Wish.NOTHING_SAID
    assert not Operation.objects.exists()
    apply_rules(ours)
    assert wished(device) == (Wish.PROFILE, WishedBy.RULE, profile)


def test_when_somebody_decides_at_the_same_moment_it_begins_again(ours, profile):
    a_saved_rule(profile)
    device, now, times = a_device(ours), timezone.now(), []

    def changes_once(execute, sql, *more):
        answer = execute(sql, *more)
        if sql.startswith("INSERT INTO enrollment_operationdevice") and not times:
            times.append(now)
            Device.objects.filter(pk=device.pk).update(wished_at=now + timedelta(hours=1))
        return answer

    with connection.execute_wrapper(changes_once):
        operation = apply_rules(ours)
    assert times
    assert (operation.status, Operation.objects.count()) == (OperationStatus.DONE, 1)
    assert wished(device) == (Wish.PROFILE, WishedBy.RULE, profile)


def test_rules_speak_of_devices_from_the_time_on_the_first_takes_part(ours, profile, alice):
    rule = a_saved_rule(profile, mode=RuleMode.OFF)
    ours.refresh_from_db()
    assert ours.rules_decided_until is None
    early = a_device(ours)
    Device.objects.update(appeared_at=timezone.now() - timedelta(minutes=5))
    save_rule(ours, rule, name=rule.name, profile=profile, mode=RuleMode.ACTIVE, conditions=rule.conditions, by=alice)
    apply_rules(ours)
    assert wished(early)[0] == Wish.NOTHING_SAID


@pytest.mark.django_db(transaction=True)
def test_a_sync_brings_devices_the_rules_decide_about(token, server, apple, world):
    """A device that is new, and one that left and came back; then Apple is asked for them."""
    profile = a_profile(token)
    define_revision(profile.current, by=None)
    a_saved_rule(profile)
    serials = world.add_devices(server, 2, device_family="iPad")
    Device.objects.create(token=token, serial=serials[1], released_at=timezone.now(), appeared_at=LONG_AGO)
    sync_devices(a_run(token))
    assert {wished(device) for device in token.devices.all()} == {(Wish.PROFILE, WishedBy.RULE, profile)}
    reconcile(token)
    assert [world.devices[serial].profile_uuid for serial in serials] == [profile.current.apple_uuid] * 2


@pytest.mark.parametrize("mode", [RuleMode.ACTIVE, RuleMode.SHADOW])
def test_rules_without_a_condition_decide_nothing_and_stop_no_sync(ours, profile, mode):
    a_saved_rule(profile, conditions=[], mode=mode)
    device = a_device(ours)
    assert apply_rules(ours) is None
    assert wished(device)[0] == Wish.NOTHING_SAID


@pytest.mark.parametrize(("family", "mode"), [("iPad", RuleMode.SHADOW), ("Mac", RuleMode.ACTIVE)])
def test_what_was_told_of_a_device_is_not_told_again_by_the_next_run(ours, profile, family, mode):
    a_saved_rule(a_profile(ours), conditions=TAGGED)  # an active one, so that rules decide at all
    a_saved_rule(profile, conditions=ALL, mode=mode)
    a_device(ours, family=family)
    told = apply_rules(ours)
    assert set(told.counts) & {Verdict.SHADOW, Verdict.OTHER_PLATFORM}
    assert apply_rules(ours) is None
    assert Operation.objects.count() == 1
    a_device(ours, family=family)
    assert apply_rules(ours).devices.count() == 1
