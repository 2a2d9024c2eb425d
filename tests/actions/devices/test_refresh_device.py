"""One device read from Apple at any time, but not without measure (DEV-7)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.refresh_device import RefreshRefused, refresh_device
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.apple.errors import AppleError
from enrollment.models import AssignmentState, Device, DeviceEvent, Token
from tests.cast import a_profile, a_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device(token, server, world, apple):
    world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    return Device.objects.select_related("token").get()


def test_what_apple_says_is_written_down_at_once(device, alice, bob):
    assign_profile(Device.objects.all(), a_profile(device.token), by=alice)
    reconcile(device.token)

    refreshed = refresh_device(device, by=bob)

    assert refreshed.differences["apple_profile_status"] == ["empty", "assigned"]
    assert Device.objects.with_state().get().state_now == AssignmentState.CONFIRMED
    assert DeviceEvent.objects.filter(kind="refreshed", person=bob).count() == 1
    assert refresh_device(device, by=bob).differences == {}


def test_who_is_gone_at_apple_is_shown_as_released(device, world, alice):
    world.release([device.serial])
    assert refresh_device(device, by=alice).is_gone
    device.refresh_from_db()
    assert device.released_at
    assert [event.kind for event in DeviceEvent.objects.all()] == ["released"]


def test_who_came_back_is_back(device, world, server, alice):
    Device.objects.update(released_at=timezone.now())
    refresh_device(device, by=alice)
    device.refresh_from_db()
    assert device.released_at is None


def test_a_replacement_tells_what_it_replaces(device, world, token, alice):
    newer = world.replace(device.serial)
    sync_devices(a_run(token))
    replacement = Device.objects.get(serial=newer)
    refresh_device(replacement, by=alice)
    replacement.refresh_from_db()
    assert replacement.replaces_serial == device.serial
    assert replacement.replaced_on


def test_a_person_asks_so_often_a_minute(device, alice, bob, monkeypatch):
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (2, 100))
    for _ in range(2):
        refresh_device(device, by=alice)
    with pytest.raises(RefreshRefused) as refused:
        refresh_device(device, by=alice)
    assert refused.value.details == {"most": 2}
    assert timezone.now() < refused.value.until <= timezone.now() + timedelta(minutes=1)
    refresh_device(device, by=bob)
    with time_machine.travel(refused.value.until + timedelta(seconds=1), tick=True):
        refresh_device(device, by=alice)


def test_all_together_ask_so_often_as_one_token(device, alice, bob, monkeypatch):
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (100, 2))
    refresh_device(device, by=alice)
    refresh_device(device, by=bob)
    with pytest.raises(RefreshRefused):
        refresh_device(device, by=bob)


def test_a_refusal_of_apple_is_told_and_counts(device, world, alice, monkeypatch):
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (1, 100))
    world.withdraw_terms()
    with pytest.raises(AppleError):
        refresh_device(device, by=alice)
    assert Token.objects.get().terms_since
    with pytest.raises(RefreshRefused):
        refresh_device(device, by=alice)


def test_the_page_says_what_came_of_it(device, world, as_bob, monkeypatch):
    def ask():
        return as_bob.post(reverse("device-refresh", args=[device.pk]), follow=True).content.decode()

    assert "Apple tells nothing new." in ask()
    Device.objects.update(color="GREEN")
    assert "Colour: GREEN →" in ask()
    world.withdraw_terms()
    assert "terms" in ask()
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (1, 100))
    assert "You may ask Apple about 1 devices a minute. Again at" in ask()


def test_what_was_read_is_kept_when_the_replacement_is_not_told(device, world, token, alice):
    newer = world.replace(device.serial)
    sync_devices(a_run(token))
    Device.objects.filter(serial=newer).update(color="GREEN")
    world.faults.add("500", path="/device/replacementDetails")
    assert "color" in refresh_device(Device.objects.select_related("token").get(serial=newer), by=alice).differences
