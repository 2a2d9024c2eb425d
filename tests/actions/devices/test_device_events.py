"""What happened to a device is written down where it happens (DEV-7)."""

import pytest

from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.models import Device, DeviceEvent, SyncKind
from tests.cast import a_profile, a_run

pytestmark = pytest.mark.django_db(transaction=True)


def told(serial):
    return list(DeviceEvent.objects.filter(serial=serial).order_by("pk").values_list("kind", "value"))


def test_the_way_of_a_device(token, server, world, apple, alice):
    serial, other = world.add_devices(server, 2, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    assert not DeviceEvent.objects.exists(), "who arrives tells so in its own row"
    profile = a_profile(token)
    assign_profile(Device.objects.filter(serial=serial), profile, by=alice)
    reconcile(token)
    sync_devices(a_run(token, SyncKind.DELTA))
    world.activate(serial)
    sync_devices(a_run(token, SyncKind.DELTA))
    world.unassign([serial])
    sync_devices(a_run(token, SyncKind.DELTA))
    world.assign([serial], server)
    sync_devices(a_run(token, SyncKind.DELTA))
    world.unassign([serial])
    sync_devices(a_run(token, SyncKind.FULL))

    assert told(serial) == [
        ("wished", "profile"),
        ("at_apple", "assigned"),
        ("at_apple", "pushed"),
        ("released", ""),
        ("returned", ""),
        ("at_apple", "empty"),
        ("released", ""),
    ]
    assert told(other) == []
    wished, assigned = DeviceEvent.objects.order_by("pk")[:2]
    assert (wished.person, wished.profile, wished.because) == (alice, profile, "person")
    profile.current.refresh_from_db()
    assert assigned.uuid == profile.current.apple_uuid


def test_a_refusal_of_apple_is_told(token, server, world, apple, alice):
    serial = world.add_devices(server, 1, device_family="iPad", os="iPadOS")[0]
    sync_devices(a_run(token))
    world.faults.add("throttled_serials", serials=[serial])
    assign_profile(Device.objects.all(), a_profile(token), by=alice)
    reconcile(token)
    assert told(serial) == [("wished", "profile"), ("answered", "throttled")]


def test_who_is_replaced_is_told_so(token, server, world, apple):
    serial = world.add_devices(server, 1)[0]
    sync_devices(a_run(token))
    world.replace(serial)
    sync_devices(a_run(token, SyncKind.DELTA))
    assert Device.objects.get(serial=serial).released_by_replacement
