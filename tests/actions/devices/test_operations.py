"""Something done to many devices: previewed, confirmed as previewed, carried through, tried again (DEV-2)."""

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_operation import ChangedMeanwhile, confirm_operation
from enrollment.actions.devices.preview_again import preview_again
from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.retry_failed import retry_failed
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.models import (
    AssignmentState,
    AuditEntry,
    Device,
    DeviceEvent,
    OperationKind,
    OperationStatus,
    Verdict,
    Wish,
)
from enrollment.models.operation_progress import progress
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def orchard(alice):
    """Two that get it, one that has it, and one of each kind that cannot."""
    token, other = a_token(name="Orchard"), a_token(name="Other")
    profile = a_profile(token, apple_uuid="A" * 32, name="Kiosk", is_shared_ipad=True)
    a_device(token, serial="GETS1")
    a_device(token, serial="GETS2")
    a_device(token, serial="HAS", wish=Wish.PROFILE, profile=profile)
    a_device(token, serial="GONE", released_at=timezone.now())
    a_device(token, serial="MAC", family="Mac")
    a_device(token, serial="PHONE", family="iPhone")
    a_device(other, serial="OTHER")
    return profile


def an_assignment(profile, by, **more):
    return start_operation(OperationKind.ASSIGN, [Choice(Device.objects.all(), profile)], by=by, **more)


def test_a_preview_tells_who_gets_it_who_has_it_and_who_cannot(orchard, alice):
    operation = an_assignment(orchard, alice)

    assert operation.counts == {
        Verdict.GETS: 2,
        Verdict.HAS: 1,
        Verdict.RELEASED: 1,
        Verdict.OTHER_PLATFORM: 1,
        Verdict.NOT_SHARED: 1,
        Verdict.OTHER_TOKEN: 1,
    }
    said = dict(operation.devices.values_list("serial", "verdict"))
    assert said["PHONE"] == Verdict.NOT_SHARED
    assert said["OTHER"] == Verdict.OTHER_TOKEN
    assert not Device.objects.filter(serial__startswith="GETS").exclude(wish=Wish.NOTHING_SAID).exists()


def test_a_confirmation_does_exactly_what_was_previewed(orchard, alice):
    operation = an_assignment(orchard, alice)
    a_device(orchard.token, serial="LATE")

    confirm_operation(operation, by=alice)

    assert operation.status == OperationStatus.DONE
    wanted = Device.objects.filter(profile=orchard, wished_by=alice).values_list("serial", flat=True)
    assert sorted(wanted) == ["GETS1", "GETS2"], "who came later was not previewed"
    assert AuditEntry.objects.filter(action="profile.assigned").get().after["devices"] == 2
    assert DeviceEvent.objects.filter(kind="wished", profile=orchard).count() == 2


def test_what_changed_meanwhile_is_said_and_nothing_is_done(orchard, alice):
    operation = an_assignment(orchard, alice)
    Device.objects.filter(serial="GETS1").update(released_at=timezone.now())

    with pytest.raises(ChangedMeanwhile) as changed:
        confirm_operation(operation, by=alice)

    assert changed.value.count == 1
    assert not Device.objects.filter(wished_by=alice).exists()
    operation.refresh_from_db()
    assert operation.is_previewed
    newer = preview_again(operation, by=alice)
    assert (newer.counts[Verdict.GETS], newer.counts[Verdict.RELEASED]) == (1, 2)
    confirm_operation(newer, by=alice)
    assert Device.objects.filter(wished_by=alice).count() == 1


@pytest.mark.parametrize("change", ["deleted", "decided", "revised"])
def test_every_kind_of_change_counts(orchard, alice, change):
    operation = an_assignment(orchard, alice)
    if change == "deleted":
        Device.objects.filter(serial="GETS1").delete()
    elif change == "decided":
        assign_profile(Device.objects.filter(serial="GETS1"), a_profile(orchard.token), by=alice)
    else:
        newer = a_profile(orchard.token).current
        newer.profile, newer.number = orchard, 2
        newer.save()
        orchard.current = newer
        orchard.save()

    with pytest.raises(ChangedMeanwhile):
        confirm_operation(operation, by=alice)


def test_confirming_twice_does_it_once(orchard, alice):
    operation = an_assignment(orchard, alice)

    confirm_operation(operation, by=alice)
    confirm_operation(operation, by=alice)

    assert AuditEntry.objects.filter(action="profile.assigned").count() == 1


def test_who_lost_sight_of_a_device_cannot_confirm_it(orchard, charlie):
    operation = an_assignment(orchard, charlie)
    with pytest.raises(ChangedMeanwhile):
        confirm_operation(operation, by=charlie)


def test_lim_2_is_said_before_and_held_after(orchard, alice, monkeypatch):
    monkeypatch.setattr(limits, "DEVICES_PER_PROFILE", 2)
    operation = an_assignment(orchard, alice)

    assert operation.trouble_details == {"most": 2, "count": 3}
    with pytest.raises(TooManyDevices):
        confirm_operation(operation, by=alice)
    assert not Device.objects.filter(wished_by=alice).exists()


def test_removing_and_deleting_go_the_same_way(orchard, alice):
    removal = start_operation(OperationKind.UNASSIGN, [Choice(orchard.token.devices.all())], by=alice)
    assert removal.counts == {Verdict.GETS: 5, Verdict.RELEASED: 1}
    assert removal.token == orchard.token
    confirm_operation(removal, by=alice)
    assert Device.objects.filter(wish=Wish.NO_PROFILE).count() == 5

    again = start_operation(OperationKind.UNASSIGN, [Choice(Device.objects.all())], by=alice)
    assert again.counts == {Verdict.HAS: 5, Verdict.GETS: 1, Verdict.RELEASED: 1}
    assert again.token is None

    deletion = start_operation(OperationKind.DELETE, [Choice(Device.objects.all())], by=alice)
    confirm_operation(deletion, by=alice)
    assert not Device.objects.exists()
    assert deletion.devices.count() == 7, "what happened to a device outlives it"


@pytest.mark.django_db(transaction=True)
def test_progress_and_retry_follow_the_devices(token, server, world, apple, alice):
    for serial in world.add_devices(server, 2, device_family="iPad"):
        a_device(token, serial=serial)
    a_device(token, serial="STRANGER")
    profile = a_profile(token)
    operation = an_assignment(profile, alice)
    confirm_operation(operation, by=alice)
    assert progress(operation).counts == {AssignmentState.WAITING: 3}

    reconcile(token)

    far = progress(operation)
    assert far.counts == {AssignmentState.SENT: 2, AssignmentState.NOT_ACCESSIBLE: 1}
    assert (far.settled, far.failed, far.is_moving) == (1, 1, True)
    assert retry_failed(operation, by=alice) == 1
    assert progress(operation).counts == {AssignmentState.SENT: 2, AssignmentState.WAITING: 1}
    one = Device.objects.filter(serial=token.devices.first().serial)
    unassigned = start_operation(OperationKind.UNASSIGN, [Choice(one)], by=alice)
    confirm_operation(unassigned, by=alice)
    assert progress(operation).other == 1
