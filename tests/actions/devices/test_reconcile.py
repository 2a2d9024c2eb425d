"""DEV-4, DEV-4b, DEV-5, LIM-19: wanted and actual, against the pretend Apple, under a clock that is moved."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.devices.read_back import TakenOver, read_back
from enrollment.actions.devices.read_back import _write as write_what_was_read_back
from enrollment.actions.devices.reconcile import reconcile, tokens_to_reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.fetch_foreign_profiles import fetch_foreign_profiles
from enrollment.actions.profiles.give_default_profile import give_default_profile
from enrollment.actions.profiles.preview_assignment import preview_assignment
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.connection import connect
from enrollment.models import AssignmentState, AuditEntry, Device, SyncKind, Token, Wish, WishedBy
from tests.cast import a_device, a_profile, a_run, a_token

pytestmark = pytest.mark.django_db(transaction=True)
S = AssignmentState


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def pads(token, world, server):
    """Twelve iPads, synced."""
    world.add_devices(server, 12, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    return Device.objects.filter(token=token)


@pytest.fixture
def kiosk(token):
    return a_profile(token, name="Kiosk")


def states(devices):
    return set(devices.with_state().values_list("state_now", flat=True))


def test_an_assignment_is_waiting_then_sent_then_confirmed_by_a_read_back(pads, kiosk, token, clock, alice):
    assert assign_profile(pads, kiosk, by=alice) == 12
    assert states(pads) == {S.WAITING}

    reconcile(token)
    assert states(pads) == {S.SENT}, "Apple said SUCCESS, and nobody has looked yet"

    clock.shift(timedelta(seconds=31))
    reconcile(Token.objects.get(pk=token.pk))
    assert states(pads) == {S.CONFIRMED}
    assert not pads.filter(confirmed_at=None).exists()


def test_a_sync_confirms_too(pads, kiosk, token, alice):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    sync_devices(a_run(token, SyncKind.DELTA))
    assert states(pads) == {S.CONFIRMED}


def test_nothing_is_asked_twice(pads, kiosk, token, world, clock, alice):
    assign_profile(pads, kiosk, by=alice)
    for _ in range(3):
        reconcile(Token.objects.get(pk=token.pk))
    clock.shift(timedelta(minutes=10))
    reconcile(Token.objects.get(pk=token.pk))
    reconcile(Token.objects.get(pk=token.pk))
    assert sorted(world.assigned_serials) == sorted(pads.values_list("serial", flat=True))
    assert token not in tokens_to_reconcile(timezone.now())


def test_what_apple_already_has_is_not_asked_for(pads, token, world, server, alice):
    with connect(token) as apple:
        uuid = apple.define_profile({"profile_name": "Kiosk", "url": "https://mdm.orchard.example/ade"}).profile_uuid
        apple.assign_profile(uuid, list(pads.values_list("serial", flat=True)))
    world.assigned_serials.clear()
    sync_devices(a_run(token, SyncKind.DELTA))
    assign_profile(pads, a_profile(token, apple_uuid=uuid), by=alice)
    reconcile(token)
    assert world.assigned_serials == []
    assert states(pads) == {S.CONFIRMED}


def test_lim_19_2500_devices_go_in_three_batches(token, world, server, kiosk, alice):
    world.add_devices(server, 2_500, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    assign_profile(Device.objects.filter(token=token), kiosk, by=alice)
    before = world.calls.count(("POST", "/profile/devices"))
    reconcile(token)
    assert world.calls.count(("POST", "/profile/devices")) - before == 3
    assert len(world.assigned_serials) == len(set(world.assigned_serials)) == 2_500


def test_throttled_serials_wait_for_apples_time_and_hold_up_nobody(pads, kiosk, token, world, clock, alice):
    slow = pads.first()
    world.faults.add("throttled_serials", serials=[slow.serial])
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)

    assert states(pads.filter(pk=slow.pk)) == {S.THROTTLED}
    assert states(pads.exclude(pk=slow.pk)) == {S.SENT}
    slow.refresh_from_db()
    assert slow.next_try_at - timezone.now() == pytest.approx(timedelta(seconds=45), abs=timedelta(seconds=5))

    world.faults.clear()
    asked = len(world.assigned_serials)
    reconcile(Token.objects.get(pk=token.pk))
    assert len(world.assigned_serials) == asked, "not before its time"
    clock.shift(timedelta(seconds=50))
    reconcile(Token.objects.get(pk=token.pk))
    assert world.assigned_serials[asked:] == [slow.serial]


def test_pitfall_3_failed_serials_rest_an_hour_and_then_a_day(pads, kiosk, token, world, clock, alice):
    bad = pads.first()
    world.faults.add("failed_serials", serials=[bad.serial])
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    bad.refresh_from_db()
    assert states(pads.filter(pk=bad.pk)) == {S.FAILED}
    assert bad.next_try_at - timezone.now() == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=5))
    clock.shift(timedelta(hours=1, seconds=5))
    reconcile(Token.objects.get(pk=token.pk))
    bad.refresh_from_db()
    assert bad.next_try_at - timezone.now() == pytest.approx(timedelta(hours=24), abs=timedelta(seconds=5))


def test_a_device_that_left_meanwhile_is_not_accessible(pads, kiosk, token, world, alice):
    gone = pads.first()
    world.release(gone.serial)
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    assert states(pads.filter(pk=gone.pk)) == {S.NOT_ACCESSIBLE}


def test_what_apple_accepts_and_never_shows_has_failed(pads, kiosk, token, world, clock, alice):
    world.consistency_delay = 10_000_000
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    for pause in (31, 301, 1_801):
        assert states(pads) == {S.SENT}
        clock.shift(timedelta(seconds=pause))
        reconcile(Token.objects.get(pk=token.pk))
    assert states(pads) == {S.FAILED}
    assert set(pads.values_list("answer", flat=True)) == {"not_seen"}
    assert len(world.assigned_serials) == 12


def test_drift_is_shown_and_repaired_at_most_once_a_day(pads, kiosk, token, world, clock, alice):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    sync_devices(a_run(token, SyncKind.DELTA))
    moved = pads.first()
    with connect(token) as apple:
        other = apple.define_profile({"profile_name": "Other", "url": "https://x.example/"}).profile_uuid
        apple.assign_profile(other, [moved.serial])
    sync_devices(a_run(token, SyncKind.DELTA))
    assert states(pads.filter(pk=moved.pk)) == {S.DRIFTED}

    asked = len(world.assigned_serials)
    reconcile(Token.objects.get(pk=token.pk))
    assert len(world.assigned_serials) == asked
    clock.shift(timedelta(days=1, minutes=1))
    reconcile(Token.objects.get(pk=token.pk))
    assert world.assigned_serials[asked:] == [moved.serial]


def test_taking_a_profile_off(pads, kiosk, token, clock, alice):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    sync_devices(a_run(token, SyncKind.DELTA))
    assert unassign_profile(pads, by=alice) == 12
    reconcile(Token.objects.get(pk=token.pk))
    clock.shift(timedelta(minutes=1))
    reconcile(Token.objects.get(pk=token.pk))
    assert states(pads) == {S.CONFIRMED}
    assert set(pads.values_list("apple_profile_status", flat=True)) == {"removed"}


def test_two_reconcilers_of_one_token_never_work_together(pads, kiosk, token, world, alice):
    assign_profile(pads, kiosk, by=alice)
    assert token.claim_reconcile()
    reconcile(Token.objects.get(pk=token.pk))
    assert world.assigned_serials == []
    token.end_reconcile()
    reconcile(Token.objects.get(pk=token.pk))
    assert len(world.assigned_serials) == 12


def test_a_reconciler_that_was_taken_over_writes_nothing(pads, kiosk, token, world, alice):
    assign_profile(pads, kiosk, by=alice)
    real = world.give_profile

    def another_takes_over(device, uuid):
        Token.objects.filter(pk=token.pk).update(reconcile_attempt=99)
        real(device, uuid)

    world.give_profile = another_takes_over
    reconcile(token)
    assert set(pads.values_list("answer", flat=True)) == {""}


def test_a_refused_profile_says_so_on_its_devices(pads, kiosk, token, world, alice):
    world.faults.add("config_name_invalid")
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    assert states(pads) == {S.FAILED}
    kiosk.current.refresh_from_db()
    assert kiosk.current.refused_field == "profile_name"


def test_terms_stop_it_and_mark_the_token(pads, kiosk, token, world, alice):
    assign_profile(pads, kiosk, by=alice)
    world.withdraw_terms()
    reconcile(token)
    token.refresh_from_db()
    assert token.terms_since
    assert states(pads) == {S.WAITING}


def test_dev_4b_a_profile_of_another_tool_is_fetched_shown_and_left_alone(pads, token, world, alice):
    with connect(token) as apple:
        uuid = apple.define_profile({"profile_name": "Old tool", "url": "https://old.example/"}).profile_uuid
        apple.assign_profile(uuid, [pads.first().serial])
    sync_devices(a_run(token, SyncKind.DELTA))
    world.assigned_serials.clear()
    fetch_foreign_profiles(token)
    reconcile(Token.objects.get(pk=token.pk))
    foreign = token.foreign_profiles.get()
    assert (foreign.name, foreign.payload["url"]) == ("Old tool", "https://old.example/")
    assert states(pads) == {S.NOTHING_WANTED}
    assert world.assigned_serials == []


def test_dev_5_devices_that_appear_get_the_default_and_those_there_only_when_told(
    pads, kiosk, token, world, server, alice
):
    set_default_profile(token, kiosk, by=alice)
    (new,) = world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token, SyncKind.DELTA))
    assert list(pads.filter(wish=Wish.PROFILE).values_list("serial", flat=True)) == [new]
    assert pads.get(serial=new).wished_because == WishedBy.DEFAULT

    token.refresh_from_db()
    assert give_default_profile(token, by=alice) == 12
    assert not pads.exclude(profile=kiosk).exists()


def test_prof_3_and_pb_3_who_cannot_get_it_and_why(token, alice):
    shared = a_profile(token, is_shared_ipad=True)
    other = a_token()
    fits = a_device(token, family="iPad")
    a_device(token, family="iPhone")
    a_device(token, family="Mac")
    a_device(token, family="iPad", released_at=timezone.now())
    a_device(other, family="iPad")
    devices = Device.objects.all()

    preview = preview_assignment(devices, shared)

    assert (preview.gets, preview.has, preview.cannot_total) == (1, 0, 4)
    assert len(preview.cannot) == 4
    assert assign_profile(devices, shared, by=alice) == 1
    fits.refresh_from_db()
    assert fits.profile == shared
    assert preview_assignment(devices, shared).has == 1
    assert AuditEntry.objects.get(action="profile.assigned").after["devices"] == 1


def test_lim_2_a_profile_may_not_have_more_than_so_many_devices(pads, kiosk, alice, monkeypatch):
    monkeypatch.setattr("enrollment.limits.DEVICES_PER_PROFILE", 11)
    with pytest.raises(TooManyDevices) as refused:
        assign_profile(pads, kiosk, by=alice)
    assert refused.value.details == {"most": 11, "count": 12}
    assert not pads.filter(wish=Wish.PROFILE).exists()


def test_a_profile_apple_answers_500_to_does_not_hold_up_the_others(pads, kiosk, token, world, alice):
    disliked = a_profile(token, name="A disliked one")
    first, second = pads[:6], pads[6:]
    assign_profile(pads.filter(pk__in=[device.pk for device in first]), disliked, by=alice)
    assign_profile(pads.filter(pk__in=[device.pk for device in second]), kiosk, by=alice)
    world.faults.add("500", times=1, path="/profile")
    reconcile(token)
    assert states(pads.filter(profile=kiosk)) | states(pads.filter(profile=disliked)) == {S.SENT, S.WAITING}


def test_what_trying_again_does_not_mend_is_not_asked_every_minute(pads, kiosk, token, world, clock, alice):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    Device.objects.update(asked_for="", answer="", next_try_at=None)
    world.faults.add("config_name_invalid")
    world.withdraw_terms()
    reconcile(Token.objects.get(pk=token.pk))
    world.accept_terms()
    Token.objects.update(terms_since=None)
    token = Token.objects.get(pk=token.pk)
    assert token not in tokens_to_reconcile(timezone.now())
    calls = len(world.calls)
    reconcile(token)
    assert len(world.calls) == calls
    clock.shift(timedelta(hours=1, minutes=1))
    assert token in tokens_to_reconcile(timezone.now())


def test_dev_4_who_was_deleted_or_released_before_the_read_back_does_not_come_back_by_it(
    pads, kiosk, token, clock, alice
):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    deleted, released = pads.values_list("serial", flat=True)[:2]
    due = dict.fromkeys(pads.values_list("serial", flat=True), 0)
    with connect(token) as apple:
        found = apple.device_details(list(due))
    pads.get(serial=deleted).delete()
    pads.filter(serial=released).update(released_at=timezone.now())
    assert token.claim_reconcile()
    write_what_was_read_back(token, due, found, timezone.now())
    assert not pads.filter(serial=deleted).exists()
    assert pads.get(serial=released).released_at is not None
    assert pads.count() == 11


def test_a_read_back_that_was_taken_over_writes_nothing(pads, kiosk, token, world, clock, alice):
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    clock.shift(timedelta(minutes=1))
    assert token.claim_reconcile()
    other = Token.objects.get(pk=token.pk)
    clock.shift(timedelta(minutes=2))
    assert other.claim_reconcile()
    before = list(pads.values())
    with pytest.raises(TakenOver):
        read_back(token)
    assert list(pads.values()) == before


def test_dev_4_taken_off_and_put_on_again_at_apple_is_asked_for_anew(pads, kiosk, token, world, server, clock, alice):
    """The read-back is the first to see that a device was assigned to the server anew: its profile is lost."""
    assign_profile(pads, kiosk, by=alice)
    reconcile(token)
    serial = pads.first().serial
    world.unassign(serial)
    world.clock = lambda: timezone.now() + timedelta(seconds=10)
    world.assign(serial, server)
    clock.shift(timedelta(minutes=1))
    read = Token.objects.get(pk=token.pk)
    assert read.claim_reconcile()
    read_back(read)
    assert pads.with_state().get(serial=serial).state_now == S.WAITING
    assert states(pads.exclude(serial=serial)) == {S.CONFIRMED}


def test_which_tokens_have_work_is_three_questions_however_many_there_are(
    pads, kiosk, token, alice, django_assert_num_queries
):
    for number in range(11):
        other = a_token(name=f"Token {number}")
        a_device(other, wish=Wish.NO_PROFILE, apple_profile_status="assigned")
    assign_profile(pads, kiosk, by=alice)
    a_token(name="Idle")
    a_token(name="Expired", expires_at=timezone.now())
    with django_assert_num_queries(3):
        assert len(tokens_to_reconcile(timezone.now())) == 12
