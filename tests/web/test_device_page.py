"""DEV-7 as a page: facts, wanted and actual, what happened, and what opens a lock."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.actions.rules.save_rule import save_rule
from enrollment.apple.bypass_code import as_typed, new_bypass_code
from enrollment.encryption import encrypt
from enrollment.models import ActivationLock, AuditEntry, Device, DeviceEvent, RuleMode
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(alice):
    return a_device(a_token(name="Orchard"), serial="C02XK1", assigned_by="buyer@orchard.example")


def text(browser, device, **query):
    return browser.get(reverse("device-detail", args=[device.pk]), query).content.decode()


def test_the_time_line_tells_who_decided_and_what_apple_said(as_alice, alice, device):
    mine = Device.objects.filter(pk=device.pk)
    profile = a_profile(device.token, name="Kiosk", apple_uuid="A" * 32)
    assign_profile(mine, profile, by=alice)
    told = {"token": device.token, "serial": device.serial}
    DeviceEvent.objects.create(**told, at=timezone.now(), kind="at_apple", value="assigned", uuid="A" * 32)
    DeviceEvent.objects.create(**told, at=timezone.now(), kind="at_apple", value="assigned", uuid="B" * 32)
    DeviceEvent.objects.create(**told, at=timezone.now(), kind="answered", value="throttled", uuid="A" * 32)
    unassign_profile(mine, by=alice)

    page = text(as_alice, device)

    for words in (
        "Wanted: Kiosk",
        "Assigned by a person",
        "At Apple: assigned</strong> · Kiosk, revision 1",
        "B" * 32,
        "Apple answered: throttled</strong> · Kiosk, revision 1",
        "Wanted: no profile",
        "buyer@orchard.example",
    ):
        assert words in page
    assert page.index("Wanted: no profile") < page.index("Wanted: Kiosk"), "the newest first"


def test_a_long_time_line_is_shown_on_request(as_alice, device):
    DeviceEvent.objects.bulk_create(
        DeviceEvent(token=device.token, serial=device.serial, at=timezone.now(), kind="refreshed") for _ in range(40)
    )
    assert text(as_alice, device).count("Read from Apple</strong>") == 30
    assert text(as_alice, device, all="").count("Read from Apple</strong>") == 40


def test_the_same_serial_number_elsewhere_is_linked_as_far_as_it_may_be_seen(as_alice, as_charlie, charlie, device):
    other = a_token(name="Other")
    twin = a_device(other, serial=device.serial)
    assert reverse("device-detail", args=[twin.pk]) in text(as_alice, device)
    other.scope_tags.set(charlie.scope_tags.all())
    assert reverse("device-detail", args=[device.pk]) not in text(as_charlie, twin)


def test_replacement_and_migration_are_told(as_alice, device):
    deadline = timezone.now()
    Device.objects.update(is_replacement=True, replaces_serial="OLD123", migration_deadline=deadline)
    page = text(as_alice, device)
    assert "replaces OLD123" in page
    assert "moves here from another server without an erase" in page
    Device.objects.update(released_at=timezone.now(), released_by_replacement=True)
    assert "Apple has replaced this device." in text(as_alice, device)


def test_a_bypass_code_is_shown_to_who_may_and_that_is_recorded(as_alice, as_bob, device):
    code = new_bypass_code()
    lock = ActivationLock.objects.create(token=device.token, serial=device.serial, sealed_bypass_code=encrypt(code))
    assert "Show the bypass code" in text(as_alice, device)
    assert "Show the bypass code" not in text(as_bob, device)

    answer = as_alice.post(reverse("device-bypass-code", args=[lock.pk]))

    assert as_typed(code) in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    entry = AuditEntry.objects.get(action="device.bypass_code_read")
    assert entry.who == "alice"
    assert as_typed(code) not in str(entry.after)


def test_everything_apple_reports_is_shown(as_bob, device):
    facts = {
        "description": "IPAD AIR 11 WI-FI 128GB",
        "family": "iPad",
        "os": "iPadOS",
        "asset_tag": "ROOM-12",
        "assigned_by": "buyer@orchard.example",
        "eid": "89049032000000000000000000000001",
        "wifi_mac": "a0:b1:c2:d3:e4:f5",
        "bluetooth_mac": "a0:b1:c2:d3:e4:f6",
        "ethernet_mac": "a0:b1:c2:d3:e4:f7",
    }
    lists = {"imei": ["35 111111 111111 1", "35 222222 222222 2"], "meid": ["35111111111111"]}
    Device.objects.update(**facts, **lists, color="SPACE GRAY")
    page = text(as_bob, device)
    for fact in (*facts.values(), ", ".join(lists["imei"]), *lists["meid"], "Space gray"):
        assert fact in page


def test_wanted_and_actual_stand_side_by_side_with_who_why_and_when(as_bob, alice, device):
    profile = a_profile(device.token, name="Kiosk", apple_uuid="A" * 32)
    assign_profile(Device.objects.all(), profile, by=alice)
    at = timezone.now()
    shows = {"apple_profile_status": "pushed", "apple_profile_uuid": "A" * 32, "confirmed_at": at}
    Device.objects.update(**shows, asked_at=at, answer="success", given_uuid="0" * 32, given_at=at)
    page = text(as_bob, device)
    for words in (
        "Assigned by a person",
        "alice",
        "Confirmed by Apple",
        "Apple was last asked",
        "Needs wipe",
        "Last activated with",
        "0" * 32,
        "revision",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answer": "throttled"}, "Apple asks to wait until"),
        ({"answer": "failed"}, "Apple said it failed"),
        ({"answer": "not_seen"}, "Apple accepted it, but does not show it"),
        ({"answer": "not_accessible"}, "Apple says it is not on this server"),
        ({"answer": "success", "next_try_at": None}, "Apple accepted it; not read back yet"),
        ({"answer": "success", "confirmed_at": timezone.now()}, "Somebody else changed it at Apple"),
    ],
)
def test_why_a_device_is_not_where_it_is_wanted_is_said(as_bob, alice, device, changes, words):
    assign_profile(Device.objects.all(), a_profile(device.token, apple_uuid="A" * 32), by=alice)
    later = timezone.now() + timedelta(hours=1)
    Device.objects.update(**{"asked_for": "A" * 32, "next_try_at": later, **changes})
    assert words in text(as_bob, device)


def test_only_who_may_is_offered_what_cannot_be_undone(as_alice, as_bob, device):
    for words in ("Release from the organisation", "Turn on Activation Lock", "Delete device", "Assign profile"):
        assert words in text(as_alice, device)
        assert words not in text(as_bob, device)
    assert "Read from Apple now" in text(as_bob, device)


def test_the_page_says_which_rule_won_and_why(as_bob, alice, device):
    profile = a_profile(device.token, name="Kiosk")
    pads = [[{"field": "family", "test": "is", "value": "iPad"}]]
    save_rule(device.token, None, name="Tills", profile=profile, mode=RuleMode.ACTIVE, conditions=pads, by=alice)
    page = text(as_bob, device)
    assert "“Tills” wins and says: Kiosk." in page
    assert "Family is “iPad”" in page
