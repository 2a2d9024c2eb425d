"""DEV-4 and DEV-4b, clause by clause: what is wanted, what Apple says, and who is left alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.fetch_foreign_profiles import fetch_foreign_profiles
from enrollment.actions.profiles.give_default_profile import give_default_profile
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.connection import connect
from enrollment.models import AssignmentState, Device, SyncKind, Token, Wish, WishedBy
from tests.actions.conftest import NOON
from tests.cast import a_profile, a_run

pytestmark = pytest.mark.django_db(transaction=True)
S = AssignmentState


@pytest.fixture
def pads(clock, token, world, server):
    """Two iPads, synced."""
    world.add_devices(server, 2, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    return Device.objects.filter(token=token)


def state(device):
    return Device.objects.with_state().get(pk=device.pk).state_now


def work(token):
    reconcile(Token.objects.get(pk=token.pk))


def theirs(token, serials):
    """Another tool gives its own profile."""
    with connect(token) as apple:
        uuid = apple.define_profile({"profile_name": "Old tool", "url": "https://old.example/"}).profile_uuid
        apple.assign_profile(uuid, serials)
    return uuid


def test_dev_4_what_is_wanted_says_who_why_and_when(pads, token, clock, alice):
    device = pads.first()
    assert device.wish == Wish.NOTHING_SAID
    clock.shift(timedelta(hours=1))
    assign_profile(pads, a_profile(token), by=alice)
    device.refresh_from_db()
    assert (device.wished_by, device.wished_because, device.wished_at) == (
        alice,
        WishedBy.PERSON,
        NOON + timedelta(hours=1),
    )
    unassign_profile(pads, by=None)
    device.refresh_from_db()
    assert (device.wish, device.profile, device.wished_by) == (Wish.NO_PROFILE, None, None)


def test_dev_4_nothing_said_leaves_apples_side_alone(pads, token, world):
    uuid = theirs(token, list(pads.values_list("serial", flat=True)))
    sync_devices(a_run(token, SyncKind.DELTA))
    asked = len(world.calls)
    work(token)
    assert len(world.calls) == asked
    assert set(pads.values_list("apple_profile_uuid", flat=True)) == {uuid}


def test_dev_4_each_serial_has_its_own_result_and_its_own_next_try(pads, token, world, clock, alice):
    gone, throttled = pads.order_by("serial")
    world.unassign(gone.serial)
    world.faults.add("throttled_serials", serials=[throttled.serial])
    assign_profile(pads, a_profile(token), by=alice)
    work(token)
    assert (state(gone), state(throttled)) == (S.NOT_ACCESSIBLE, S.THROTTLED)
    gone.refresh_from_db()
    throttled.refresh_from_db()
    assert gone.next_try_at == NOON + timedelta(days=1)
    assert throttled.next_try_at == NOON + world.throttle.pause


def test_dev_4_sent_is_not_asked_for_again_and_not_shown_as_done_until_apple_confirms(
    pads, token, world, clock, alice, as_alice
):
    world.consistency_delay = 120
    assign_profile(pads, a_profile(token), by=alice)
    work(token)
    for _look in range(2):
        assert {state(device) for device in pads} == {S.SENT}
        page = as_alice.get(reverse("device-list")).content.decode()
        assert page.count(f">{S.SENT.label}<") >= 2
        assert "Confirmed</span>" not in page
        clock.shift(timedelta(seconds=31))
        work(token)
    clock.shift(timedelta(minutes=5))
    world.settle_all()
    work(token)
    assert {state(device) for device in pads} == {S.CONFIRMED}
    assert len(world.assigned_serials) == 2


def test_dev_4_drift_is_shown_and_repaired_once_a_day_however_often_it_happens(pads, token, world, clock, alice):
    assign_profile(pads, a_profile(token), by=alice)
    work(token)
    sync_devices(a_run(token, SyncKind.DELTA))
    moved = pads.first()
    repairs = []
    for _hour in range(60):
        theirs(token, [moved.serial])
        sync_devices(a_run(token, SyncKind.DELTA))
        asked = len(world.assigned_serials)
        work(token)
        if len(world.assigned_serials) > asked:
            repairs.append(timezone.now())
        clock.shift(timedelta(hours=1))
    assert len(repairs) == 2
    assert repairs[1] - repairs[0] >= timedelta(days=1)


def test_dev_4b_what_another_tool_gave_is_never_taken_off_by_itself_nor_replaced_by_a_default(
    pads, token, world, server, clock, alice
):
    profile = a_profile(token)
    clock.shift(timedelta(hours=1))
    set_default_profile(token, profile, by=alice)
    (new,) = world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    uuid = theirs(token, [new])
    sync_devices(a_run(token, SyncKind.DELTA))
    came = pads.get(serial=new)
    assert (came.wish, came.apple_profile_uuid) == (Wish.NOTHING_SAID, uuid)
    assert give_default_profile(Token.objects.get(), by=alice) == 2, "those without a profile"
    for _day in range(3):
        work(token)
        clock.shift(timedelta(days=1))
        sync_devices(a_run(token))
    came.refresh_from_db()
    assert (came.wish, came.apple_profile_uuid) == (Wish.NOTHING_SAID, uuid)
    assert new not in world.assigned_serials[1:]


def test_dev_4b_it_is_shown_as_foreign_and_can_be_taken_over(pads, token, clock, as_alice):
    device = pads.first()
    theirs(token, [device.serial])
    sync_devices(a_run(token, SyncKind.DELTA))
    fetch_foreign_profiles(token)
    foreign = token.foreign_profiles.get()
    assert "Old tool" in as_alice.get(reverse("device-detail", args=[device.pk])).content.decode()
    page = as_alice.get(reverse("token-tab", args=[token.pk, "profiles"])).content.decode()
    assert reverse("profile-take-over", args=[foreign.pk]) in page
    assert as_alice.post(reverse("profile-take-over", args=[foreign.pk])).status_code == 302
    assert state(device) == S.NOTHING_WANTED, "an import assigns nothing"
