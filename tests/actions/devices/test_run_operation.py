"""Release and Activation Lock: Apple is asked, each serial number has its result, and nothing is lost on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_operation import confirm_operation
from enrollment.actions.devices.retry_failed import retry_failed
from enrollment.actions.devices.run_operation import run_operation
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.apple.bypass_code import as_typed
from enrollment.encryption import decrypt
from enrollment.models import (
    ActivationLock,
    AuditEntry,
    Device,
    DeviceEvent,
    Operation,
    OperationKind,
    OperationStatus,
    Result,
)
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def devices(token, server, world):
    for serial in world.add_devices(server, 3, device_family="iPad", os="iPadOS"):
        a_device(token, serial=serial)
    return Device.objects.filter(token=token)


def confirmed(kind, devices, by, **more):
    operation = start_operation(kind, [Choice(devices)], by=by)
    confirm_operation(operation, by=by, **more)
    return operation


def results(operation):
    return dict(operation.devices.values_list("serial", "result"))


def test_released_devices_leave_apple_and_are_shown_as_released(devices, token, server, apple, alice):
    stranger = a_device(token, serial="STRANGER")
    operation = confirmed(OperationKind.DISOWN, devices, alice)
    assert operation.status == OperationStatus.WAITING

    run_operation(operation)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.DONE
    said = results(operation)
    assert said.pop(stranger.serial) == Result.NOT_ACCESSIBLE
    assert set(said.values()) == {Result.SUCCESS}
    assert not any(server.here(serial) for serial in said)
    assert set(devices.exclude(released_at=None).values_list("serial", flat=True)) == set(said)
    assert DeviceEvent.objects.filter(kind="disowned", value="success", person=alice).count() == 3
    assert AuditEntry.objects.get(action="device.release_asked").after["devices"] == 4
    retry_failed(operation, by=alice)
    assert list(operation.devices.filter(result="").values_list("serial", flat=True)) == ["STRANGER"]


def test_of_each_token_there_is_an_entry_that_names_its_devices_alone(token, alice, charlie):
    theirs = a_token()
    theirs.scope_tags.set(charlie.scope_tags.all())
    ours, serial = a_device(token), a_device(theirs).serial
    confirmed(OperationKind.DISOWN, Device.objects.all(), alice)

    entry = AuditEntry.objects.visible_to(charlie).get(action="device.release_asked")
    assert (entry.token, entry.after) == (theirs, {"devices": 1, "serials": [serial]})
    assert AuditEntry.objects.get(action="device.release_asked", token=token).after["serials"] == [ours.serial]


def test_batches_are_of_1000_at_the_most(devices, token, server, world, apple, alice, monkeypatch):
    monkeypatch.setattr(limits, "SERIALS_PER_CALL", 2)
    run_operation(confirmed(OperationKind.DISOWN, devices, alice))
    assert world.calls.count(("POST", "/devices/disown")) == 2


def test_a_worker_that_is_asked_to_go_sets_it_down(devices, apple, alice, monkeypatch):
    monkeypatch.setattr(limits, "SERIALS_PER_CALL", 2)
    operation = confirmed(OperationKind.DISOWN, devices, alice)
    run_operation(operation, stop=lambda: True)
    operation.refresh_from_db()
    assert operation.status == OperationStatus.WAITING
    assert sorted(results(operation).values()) == ["", "success", "success"]
    run_operation(operation)
    assert set(results(operation).values()) == {Result.SUCCESS}


def test_a_lost_worker_is_followed_by_another(devices, apple, alice):
    operation = confirmed(OperationKind.DISOWN, devices, alice)
    assert operation.claim()
    assert not Operation.objects.to_take_up().exists()
    Operation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_operation(Operation.objects.get())
    assert set(results(operation).values()) == {Result.SUCCESS}


def test_while_apple_is_away_it_waits(devices, world, apple, alice):
    world.faults.add("500", times=1)
    operation = confirmed(OperationKind.DISOWN, devices, alice)
    run_operation(operation)
    operation.refresh_from_db()
    assert operation.status == OperationStatus.WAITING
    assert operation.wait_until > timezone.now()
    assert operation.trouble_sentence
    Operation.objects.update(wait_until=timezone.now())
    run_operation(Operation.objects.get())
    assert set(results(operation).values()) == {Result.SUCCESS}


def test_what_waiting_does_not_mend_has_failed_and_says_why(devices, world, apple, alice):
    world.withdraw_terms()
    operation = confirmed(OperationKind.DISOWN, devices, alice)
    run_operation(operation)
    operation.refresh_from_db()
    assert operation.status == OperationStatus.DONE
    assert set(results(operation).values()) == {Result.FAILED}
    assert "terms" in operation.trouble_sentence
    world.accept_terms()
    assert retry_failed(operation, by=alice) == 3
    run_operation(Operation.objects.get())
    assert set(results(operation).values()) == {Result.SUCCESS}


def test_a_lock_keeps_its_bypass_code_sealed(devices, world, server, apple, token, alice):
    mac = world.add_devices(server, 1, device_family="Mac", os="OSX")[0]
    a_device(token, serial=mac, family="Mac")
    operation = confirmed(OperationKind.LOCK, devices, alice, lost_message="Call 112")
    run_operation(operation)

    said = results(operation)
    assert said.pop(mac) == Result.NOT_SUPPORTED
    assert set(said.values()) == {Result.SUCCESS}
    locks = ActivationLock.objects.all()
    assert {lock.serial for lock in locks} == set(said), "a code Apple did not take is not kept"
    code = decrypt(bytes(locks[0].sealed_bypass_code))
    assert len(as_typed(code)) == 31
    assert code not in bytes(locks[0].sealed_bypass_code)

    again = confirmed(OperationKind.LOCK, devices.filter(family="iPad"), alice)
    run_operation(again)
    assert set(results(again).values()) == {Result.ALREADY}
    assert ActivationLock.objects.count() == 3
