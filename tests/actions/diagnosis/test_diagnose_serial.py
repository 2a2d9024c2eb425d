"""DEV-8: why a device does not enroll, for each planted cause, as the doctor says it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from enrollment import limits
from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.diagnosis.diagnose_serial import CHECKS, diagnose_serial
from enrollment.actions.diagnosis.finding import Mark
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.models import Device, DeviceEvent, ForeignProfile, SyncKind, Token, Wish
from tests.cast import a_device, a_profile, a_run, a_token, a_token_at, a_vpp_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device(token, server, world, apple):
    """An iPad of the token, known here and at Apple."""
    world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    return Device.objects.get()


@pytest.fixture
def enrolled(device, token, world, alice):
    """The same, activated with the profile it is to have."""
    assign_profile(Device.objects.all(), a_profile(token, name="Kiosk"), by=alice)
    reconcile(token)
    world.activate(device.serial)
    sync_devices(a_run(token, SyncKind.DELTA))
    device.refresh_from_db()
    return device


def marks(diagnosis):
    return {check.id: finding.mark for check, finding in diagnosis.findings}


def finding(diagnosis, check):
    return next(found for one, found in diagnosis.findings if one.id == check)


def test_a_device_that_is_well(enrolled, alice):
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert set(marks(diagnosis).values()) == {Mark.OK, Mark.UNKNOWN}
    assert diagnosis.is_well
    assert diagnosis.answer == "Nothing that can be seen here keeps this device from enrolling."
    assert marks(diagnosis)["apple-now"] == Mark.OK


def test_unknown(token, apple, alice):
    diagnosis = diagnose_serial("C02NOWHERE1", by=alice)
    assert diagnosis.first[1].evidence == "No token that you may see has this serial number."
    assert "Apple Business Manager" in diagnosis.first[1].next_step
    assert finding(diagnosis, "apple-now").evidence == "Apple was asked as 1 token; no server has it."


def test_other_token(device, world, apple, alice):
    """Moved in the portal and not synced yet; then synced."""
    lyon = world.add_server("Lyon")
    other = a_token_at(apple, lyon, name="Lyon")
    world.assign([device.serial], lyon)
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert diagnosis.first[1].evidence == "No: Apple has it on the server of “Lyon” now."

    sync_devices(a_run(device.token, SyncKind.DELTA))
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert "Apple has it on the server of “Lyon” now." in diagnosis.answer
    assert diagnosis.first[1].about == other

    sync_devices(a_run(other))
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert diagnosis.device.token == other
    assert "It is in the token “Lyon”. It left “Orchard” on" in finding(diagnosis, "in-a-token").evidence


def test_known_at_apple_and_not_here_yet(token, server, world, apple, alice):
    serial = world.add_devices(server, 1)[0]
    diagnosis = diagnose_serial(serial, by=alice)
    assert diagnosis.first[1].evidence == "No device here has this number, but Apple has it on the server of “Orchard”."
    assert diagnosis.first[1].next_step == "Sync the token “Orchard”."


def test_token_expired(enrolled, world, alice):
    Token.objects.update(expires_at=timezone.now() - timedelta(days=1))
    asked = len(world.calls)
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert diagnosis.first[1].evidence.startswith("“Orchard”: Expired.")
    assert "Download a new token" in diagnosis.first[1].next_step
    assert marks(diagnosis)["apple-now"] == Mark.UNKNOWN
    assert len(world.calls) == asked, "Apple is not asked what it can only refuse"


def test_terms(enrolled, world, alice):
    world.withdraw_terms()
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert "terms" in finding(diagnosis, "apple-now").evidence, "seen now, before any sync has seen it"
    sync_devices(a_run(enrolled.token, SyncKind.DELTA))
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert diagnosis.first[1].evidence.startswith("“Orchard”: Terms not signed.")


def test_no_profile(device, alice):
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert (
        diagnosis.first[1].evidence
        == "None: nobody has said which, and Apple has none. The token has no default profile."
    )
    set_default_profile(device.token, a_profile(device.token, name="Kiosk"), by=alice)
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert "The default profile “Kiosk” goes only to devices that appeared after it was set" in diagnosis.answer
    Device.objects.update(wish=Wish.NO_PROFILE, wished_because="person", wished_by=alice, wished_at=timezone.now())
    assert diagnose_serial(device.serial, by=alice).first[1].evidence.startswith("None. Assigned by a person: alice")


def test_throttled(device, world, alice):
    world.faults.add("throttled_serials", serials=[device.serial])
    assign_profile(Device.objects.all(), a_profile(device.token), by=alice)
    reconcile(device.token)
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert diagnosis.first[1].evidence.startswith("Apple holds this device back: it asks to wait until")
    assert "Wait: Pomona asks again by itself." in diagnosis.first[1].next_step


def test_older_revision(enrolled, alice):
    profile = enrolled.profile
    newer = a_profile(enrolled.token, department="Fruit").current
    newer.profile, newer.number = profile, 2
    newer.save()
    profile.current = newer
    profile.save()
    reconcile(enrolled.token)
    sync_devices(a_run(enrolled.token, SyncKind.DELTA))
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert "it was given revision 1; revision 2 is the current one." in diagnosis.answer
    assert "Erase the device and activate it again" in diagnosis.first[1].next_step


def test_released(device, world, alice):
    world.release([device.serial])
    sync_devices(a_run(device.token, SyncKind.DELTA))
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert "it was unassigned, moved or released" in diagnosis.answer
    assert marks(diagnosis)["apple-now"] == Mark.OK
    assert "wanted" not in marks(diagnosis), "nothing more is asked of a device that has left"


def test_what_apple_says_now_is_held_against_what_we_know(device, world, alice):
    world.give_profile(next(iter(world.devices.values())), "F" * 32)
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert finding(diagnosis, "apple-now").evidence.endswith("That is newer than what we know.")
    assert "One made by another tool" in finding(diagnosis, "at-apple").evidence
    device.refresh_from_db()
    assert device.apple_profile_status == "empty", "a diagnosis changes nothing"
    assert not DeviceEvent.objects.exists()


def test_a_profile_of_another_tool_is_named(device, alice):
    Device.objects.update(apple_profile_status="assigned", apple_profile_uuid="F" * 32)
    Token.objects.update(expires_at=timezone.now() - timedelta(days=1))
    ForeignProfile.objects.create(token=device.token, apple_uuid="F" * 32, name="Old MDM")
    assert "Old MDM" in finding(diagnose_serial(device.serial, by=alice), "at-apple").evidence


@pytest.mark.parametrize(("days", "mark"), [(200, Mark.OK), (10, Mark.NOTE), (-1, Mark.PROBLEM)])
def test_licences(days, mark, apple, alice):
    token = a_token(synced_at=timezone.now())
    licences = a_vpp_token(days=days)
    profile = a_profile(token, affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    device = a_device(token, wish=Wish.PROFILE, profile=profile)
    assert marks(diagnose_serial(device.serial, by=alice))["licences"] == mark


def test_what_does_not_fit_is_said(apple, alice):
    token = a_token(synced_at=timezone.now())
    profile = a_profile(token, is_shared_ipad=True)
    phone = a_device(token, wish=Wish.PROFILE, profile=profile, family="iPhone")
    mac = a_device(token, wish=Wish.PROFILE, profile=profile, family="Mac")
    assert "no iPad" in finding(diagnose_serial(phone.serial, by=alice), "fits").evidence
    assert "of the family Mac" in finding(diagnose_serial(mac.serial, by=alice), "fits").evidence


def test_a_migration_needs_a_profile_that_waits(apple, alice):
    token = a_token(synced_at=timezone.now())
    hasty = a_profile(token, await_final_configuration=False)
    hasty.current.payload["await_device_configured"] = False
    hasty.current.save()
    deadline = timezone.now() + timedelta(days=3)
    device = a_device(token, wish=Wish.PROFILE, profile=hasty, migration_deadline=deadline)
    assert finding(diagnose_serial(device.serial, by=alice), "migration").mark == Mark.PROBLEM


@pytest.mark.parametrize("fault", ["slow", "500"])
def test_apple_slow_or_broken_is_no_error_and_takes_no_more_than_a_second(device, world, alice, fault):
    world.faults.add(fault, **({"seconds": 5} if fault == "slow" else {}))
    started = time.monotonic()
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert time.monotonic() - started < limits.DOCTOR_LIVE_SECONDS + 0.7
    assert marks(diagnosis)["apple-now"] == Mark.UNKNOWN


def test_the_number_is_understood_as_it_is_typed(device, alice):
    for typed in (f" {device.serial.lower()} ", f"S{device.serial}", f"{device.serial[:4]}-{device.serial[4:]}"):
        assert diagnose_serial(typed, by=alice).device == device
    assert "the S at the beginning" in finding(diagnose_serial(f"s{device.serial}", by=alice), "serial-number").evidence
    diagnosis = diagnose_serial("wrong_", by=alice)
    assert diagnosis.first[1].evidence.startswith("“wrong_” cannot be a serial number")
    assert [check.id for check, _finding in diagnosis.findings] == ["serial-number"]


def test_what_a_person_may_not_see_is_unknown(device, charlie):
    diagnosis = diagnose_serial(device.serial, by=charlie)
    assert diagnosis.device is None
    assert "Orchard" not in diagnosis.as_text()
    assert diagnose_serial(device.serial, by=None).device == device


def test_no_more_than_eight_tokens_are_asked(apple, world, alice):
    for number in range(10):
        a_token_at(apple, world.add_server(f"Server {number}"))
    diagnosis = diagnose_serial("C02NOWHERE1", by=alice)
    assert finding(diagnosis, "apple-now").evidence.startswith("Apple was asked as 8 tokens")


def test_many_tokens_that_cannot_be_asked_hide_none_that_can(token, server, world, apple, alice):
    over = timezone.now() - timedelta(days=1)
    for _number in range(3 * limits.DOCTOR_ASKS_TOKENS + 1):
        a_token(expires_at=over, synced_at=timezone.now())
    serial = world.add_devices(server, 1)[0]
    assert diagnose_serial(serial, by=alice).first[1].about == token


def test_a_scanned_number_nobody_knows_is_asked_without_its_s_too(token, server, world, apple, alice):
    serial = world.add_devices(server, 1)[0]
    diagnosis = diagnose_serial(f"S{serial}", by=alice)
    assert diagnosis.serial == serial
    assert "Apple has it on the server of “Orchard”." in diagnosis.answer
    assert "the S at the beginning" in finding(diagnosis, "serial-number").evidence


def test_moved_away_from_a_token_that_cannot_be_asked(device, world, apple, alice):
    lyon = world.add_server("Lyon")
    a_token_at(apple, lyon, name="Lyon")
    world.assign([device.serial], lyon)
    Token.objects.filter(pk=device.token_id).update(expires_at=timezone.now() - timedelta(days=1))
    assert "Apple has it on the server of “Lyon” now." in (
        finding(diagnose_serial(device.serial, by=alice), "apple-now").evidence
    )


def test_released_here_and_back_at_apple(device, alice):
    Device.objects.update(released_at=timezone.now())
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert finding(diagnosis, "in-a-token").evidence == "It was in the token “Orchard”."
    assert diagnosis.first[1].evidence.endswith("and Apple has it there again.")
    assert diagnosis.first[1].next_step == "Read it from Apple on its page."


def test_a_profile_on_its_way_is_no_problem(device, alice):
    assign_profile(Device.objects.all(), a_profile(device.token, name="Kiosk"), by=alice)
    diagnosis = diagnose_serial(device.serial, by=alice)
    assert diagnosis.is_well
    assert "it is sent within a minute" in diagnosis.answer


def test_a_profile_that_is_to_go_is_told(enrolled, alice):
    Device.objects.update(wish=Wish.NO_PROFILE, profile=None, wished_at=timezone.now())
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert finding(diagnosis, "at-apple").evidence == "“Kiosk”, revision 1. It is to have none."


def test_the_text_for_a_ticket_is_in_the_readers_language(device, alice):
    text = diagnose_serial(device.serial, by=alice).as_text()
    assert text.startswith(f"Serial doctor: {device.serial}")
    assert "[!] Which profile is it to have? None" in text
    with translation.override("fr"):
        french = diagnose_serial(device.serial, by=alice).as_text()
    assert "Quel profil doit-il avoir" in french
    assert not set(text.splitlines()[3:]) & set(french.splitlines()[3:])


def test_every_check_has_a_name_and_a_question():
    assert len({check.id for check in CHECKS}) == len(CHECKS) >= 12
    assert all(str(check.question).endswith("?") for check in CHECKS)


def test_a_revision_that_keeps_apples_copy_is_an_older_one_all_the_same(enrolled, alice):
    """It differs only in what the enrollment service applies: the time tells which one the device took (PB-1)."""
    newer = enrolled.profile.current
    newer.pk, newer.number = None, 2
    newer.save()
    enrolled.profile.current = newer
    enrolled.profile.save()
    diagnosis = diagnose_serial(enrolled.serial, by=alice)
    assert "it was given revision 1; revision 2 is the current one." in diagnosis.answer


def test_a_vpp_token_of_another_part_of_the_organisation_is_not_named(apple, charlie):
    token = a_token(synced_at=timezone.now())
    token.scope_tags.set(charlie.scope_tags.all())
    licences = a_vpp_token(days=-1)
    profile = a_profile(token, affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    device = a_device(token, wish=Wish.PROFILE, profile=profile)
    diagnosis = diagnose_serial(device.serial, by=charlie)
    text = diagnosis.as_text()
    assert "has expired: the enrollment is blocked" in text
    assert licences.name not in text
    assert next(found.about for check, found in diagnosis.findings if check.id == "licences") == profile
