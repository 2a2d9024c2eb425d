"""What nobody will ask for any more goes, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.purge_history import purge_history
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.serials.read_serials import read_serials
from enrollment.models import (
    Device,
    DeviceEvent,
    Operation,
    OperationDevice,
    OperationKind,
    OperationStatus,
    SerialList,
    SerialRow,
)
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def days_ago():
    return lambda days: timezone.now() - timedelta(days=days)


def an_operation(by, **changes):
    operation = start_operation(OperationKind.UNASSIGN, [Choice(Device.objects.all())], by=by)
    Operation.objects.filter(pk=operation.pk).update(**changes)
    return operation.pk


def test_old_events_go(days_ago):
    token = a_token()
    for days in (1, limits.EVENTS_KEPT_DAYS - 1, limits.EVENTS_KEPT_DAYS + 1):
        DeviceEvent.objects.create(token=token, serial="S1", kind="refreshed", at=days_ago(days))
    assert purge_history() == 1
    assert DeviceEvent.objects.count() == 2


def test_old_operations_go_with_their_devices_and_what_is_open_stays(alice, days_ago):
    a_device(a_token())
    old = days_ago(limits.OPERATIONS_KEPT_DAYS + 1)
    gone = {an_operation(alice, status=OperationStatus.DONE, made_at=old)}
    gone.add(an_operation(alice, made_at=days_ago(2)))  # a preview nobody confirmed
    kept = {
        an_operation(alice, status=OperationStatus.DONE, made_at=days_ago(2)),
        an_operation(alice, status=OperationStatus.WAITING, made_at=old),
        an_operation(alice, made_at=days_ago(0)),
        an_operation(None, is_stopped=True, made_at=days_ago(2)),
    }
    purge_history()
    assert set(Operation.objects.values_list("pk", flat=True)) == kept
    assert not OperationDevice.objects.filter(operation__in=gone).exists()


def test_old_lists_of_serial_numbers_go(bob, days_ago):
    old, recent = (read_serials("C02AAAA1", name=name, by=bob) for name in ("old", "recent"))
    SerialList.objects.filter(pk=old.pk).update(made_at=days_ago(limits.SERIAL_LISTS_KEPT_DAYS + 1))
    purge_history()
    assert SerialList.objects.get() == recent
    assert set(SerialRow.objects.values_list("list", flat=True)) == {recent.pk}
