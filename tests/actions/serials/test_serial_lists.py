"""DEV-3: a list of serial numbers, answered row by row and assigned from; bad rows never stop good ones."""

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from enrollment.actions.devices.confirm_operation import confirm_operation
from enrollment.actions.devices.export_devices import export_devices
from enrollment.actions.serials.assign_serials import assign_serials, rows_without_a_profile
from enrollment.actions.serials.delete_serial_list import delete_serial_list
from enrollment.actions.serials.export_serials import export_serials
from enrollment.actions.serials.read_serials import read_serials
from enrollment.models import AuditEntry, Device, SerialList, SerialRow, SerialVerdict, Verdict
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.listed_devices import facts_of, listed_devices
from enrollment.models.serial_list_file import read_serial_list
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(db):
    return a_token(name="Orchard")


def verdicts(serials):
    return {row.number: row.verdict for row in serials.rows.all()}


def test_every_row_gets_its_own_answer(token, alice):
    other = a_token(name="Other")
    a_device(token, serial="C02AAAA1")
    a_device(token, serial="SER12345")  # begins with an S of its own
    a_device(token, serial="C02BOTH1")
    a_device(other, serial="C02BOTH1")
    a_device(token, serial="C02MOVED")
    Device.objects.filter(serial="C02MOVED").update(released_at=timezone.now())
    a_device(other, serial="C02MOVED")
    text = "\n".join(
        ["c02aaaa1", "SC02AAAA1", "SER12345", "", "C02BOTH1", "C02MOVED", "C02NOBODY", "SNOBODY9", "what?", "1.2E+11"]
    )

    serials = read_serials(text, name="Delivery", by=alice)

    v = SerialVerdict
    assert verdicts(serials) == {
        1: v.FOUND,
        2: v.DUPLICATE,  # the same number as it comes from a bar code
        3: v.FOUND,
        5: v.SEVERAL,
        6: v.FOUND,
        7: v.UNKNOWN,
        8: v.UNKNOWN,
        9: v.NOT_A_SERIAL,
        10: v.DAMAGED,
    }
    assert list(serials.rows.values_list("serial", flat=True)[:3]) == ["C02AAAA1", "C02AAAA1", "SER12345"]
    assert serials.counts == {"found": 3, "duplicate": 1, "several": 1, "unknown": 2, "no_serial": 1, "damaged": 1}
    facts = facts_of(list(serials.rows.all()), alice)
    assert [device.token.name for device in facts["C02MOVED"]] == ["Other", "Orchard"], "who is there comes first"
    assert AuditEntry.objects.get(action="serial_list.read").after["rows"] == 9


def test_devices_out_of_sight_are_unknown_and_stay_so(token, charlie):
    a_device(token, serial="C02AAAA1")
    serials = read_serials("C02AAAA1", name="x", by=charlie)
    assert verdicts(serials) == {1: SerialVerdict.UNKNOWN}
    assert facts_of(list(serials.rows.all()), charlie) == {}


def test_whose_sight_has_shrunk_sees_less_of_an_older_list(token, alice, charlie):
    a_device(token, serial="C02AAAA1")
    serials = read_serials("C02AAAA1", name="x", by=alice)
    assert listed_devices(serials, alice).count() == 1
    assert listed_devices(serials, charlie).count() == 0


def test_5000_rows_with_faults_give_exactly_the_good_ones(token, alice):
    good = [f"C02{number:07}" for number in range(4_000)]
    Device.objects.bulk_create(
        [Device(token=token, serial=serial, family="iPad", assigned_at=timezone.now()) for serial in good]
    )
    profile = a_profile(token, name="Kiosk")
    lines = ["Serial number;Profile;Note"]
    for place, serial in enumerate(good):
        lines.append(f"{serial.lower() if place % 7 == 0 else serial};Kiosk;{place}")
        if place % 8 == 0:
            lines.append([serial, "", f"UNKNOWN{place:05}", "not a number!"][place // 8 % 4])
    text = "\r\n".join(lines).encode("cp1252")

    serials = read_serials(text, name="delivery.csv", by=alice)
    operation = assign_serials(serials, profile, by=alice)

    assert serials.counts == {"found": 4_000, "duplicate": 125, "unknown": 125, "no_serial": 125}
    assert operation.counts == {Verdict.GETS: 4_000}
    confirm_operation(operation, by=alice)
    assert set(Device.objects.filter(profile=profile).values_list("serial", flat=True)) == set(good)


def test_the_profile_each_row_names_is_looked_for_in_the_devices_own_token(token, alice):
    other = a_token(name="Other")
    here, there = a_profile(token, name="Kiosk"), a_profile(other, name="Kiosk")
    a_profile(token, name="Staff")
    first, second, third = (a_device(of, serial=f"C02AAAA{n}") for n, of in enumerate((token, other, token)))
    text = f"{first.serial},Kiosk\n{second.serial},Kiosk\n{third.serial},Nonsense\nC02UNKNOWN,Kiosk\n"
    serials = read_serials(text, name="x", by=alice)

    operation = assign_serials(serials, None, by=alice)

    assert dict(operation.devices.values_list("serial", "profile")) == {first.serial: here.pk, second.serial: there.pk}
    assert rows_without_a_profile(serials, alice) == 1
    confirm_operation(operation, by=alice)
    third.refresh_from_db()
    assert third.profile is None


def test_a_number_in_several_tokens_means_the_device_of_the_profiles_token(token, alice):
    other = a_token()
    mine, twin = a_device(token, serial="C02BOTH1"), a_device(other, serial="C02BOTH1")
    serials = read_serials("C02BOTH1", name="x", by=alice)
    operation = assign_serials(serials, a_profile(token), by=alice)
    assert list(operation.devices.values_list("device", "verdict")) == [(mine.pk, Verdict.GETS)]
    strangers = assign_serials(serials, a_profile(a_token()), by=alice)
    assert set(strangers.devices.values_list("device", "verdict")) == {
        (mine.pk, Verdict.OTHER_TOKEN),
        (twin.pk, Verdict.OTHER_TOKEN),
    }


def test_the_answers_can_be_taken_along_and_read_back(token, alice):
    a_device(token, serial="C02AAAA1")
    serials = read_serials("SC02AAAA1,Kiosk,=1+1\nwhat?", name="x", by=alice)
    text = "".join(export_serials(serials, by=alice))
    assert "1,SC02AAAA1,C02AAAA1,Found,Orchard,,Nothing wanted,Kiosk,'=1+1" in text
    assert "2,what?,what?,Not a serial number,,,,," in text
    again = read_serial_list(text.encode())
    assert [(row.serial, row.profile) for row in again] == [("C02AAAA1", "Kiosk"), ("what?", "")]
    assert AuditEntry.objects.filter(action="serial_list.exported").count() == 1


def test_a_deleted_list_leaves_nothing(token, alice):
    serials = read_serials("C02AAAA1", name="x", by=alice)
    delete_serial_list(serials, by=alice)
    assert not SerialList.objects.exists()
    assert not SerialRow.objects.exists()


def test_numbers_side_by_side_are_rows_of_their_own(token, alice):
    a_device(token, serial="C02XK1ABC")
    serials = read_serials("C02XK1ABC, C02XK2ABC", name="x", by=alice)
    assert verdicts(serials) == {1: SerialVerdict.FOUND, 2: SerialVerdict.UNKNOWN}


def test_who_came_after_the_list_was_read_is_assigned_too(token, alice):
    serials = read_serials("C02AAAA1", name="x", by=alice)
    a_device(token, serial="C02AAAA1")
    assert assign_serials(serials, a_profile(token), by=alice).gets == 1


def test_a_device_that_has_left_names_its_profile_all_the_same(token, alice):
    a_profile(token, name="Kiosk")
    device = a_device(token, released_at=timezone.now())
    serials = read_serials(f"{device.serial},Kiosk", name="x", by=alice)
    assert rows_without_a_profile(serials, alice) == 0
    assert assign_serials(serials, None, by=alice).counts == {Verdict.RELEASED: 1}


def test_all_tokens_of_a_number_are_told_in_the_file_in_the_language_of_the_call(token, alice):
    for of in (token, a_token(name="Other")):
        a_device(of, serial="C02BOTH1")
    serials = read_serials("C02BOTH1", name="x", by=alice)
    with translation.override("fr"):
        lines = export_serials(serials, by=alice)
    line = "".join(lines).splitlines()[1]
    assert set(line.split(";")[4].split(" / ")) == {"Orchard", "Other"}
    assert "Rien de souhaité / Rien de souhaité" in line


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_we_export_is_read_back(token, alice, language):
    device = a_device(token, wish="profile", profile=a_profile(token, name="Kiosk"))
    with translation.override(language):
        devices = "".join(export_devices(DeviceFilter(QueryDict(), person=alice), by=alice))
        serials = read_serials(devices.encode(), name="x", by=alice)
        answers = read_serials("".join(export_serials(serials, by=alice)).encode(), name="y", by=alice)
    for kept in (serials, answers):
        assert [(row.serial, row.profile_name) for row in kept.rows.all()] == [(device.serial, "Kiosk")]
