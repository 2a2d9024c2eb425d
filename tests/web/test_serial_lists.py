"""The pages of Apple serial numbers: nothing typed is lost, every row is answered, lists are their owner's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.actions.serials.read_serials import read_serials
from enrollment.models import SerialList
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


def upload(browser, content=b"", text="", name=""):
    said = {"text": text, "name": name}
    if content:
        said["file"] = SimpleUploadedFile("delivery.csv", content)
    return browser.post(reverse("serial-list-new"), said, follow=True)


def test_a_pasted_list_is_answered(as_bob):
    device = a_device(a_token(name="Orchard"))
    page = upload(as_bob, text=f"{device.serial}\nC02NOBODY1").content.decode()
    assert "Pasted list" in page
    assert reverse("device-detail", args=[device.pk]) in page
    assert f"{reverse('serial-doctor')}?serial=C02NOBODY1" in page


def test_a_file_gives_its_name(as_bob):
    assert upload(as_bob, content=b"C02NOBODY1").context["serials"].name == "delivery.csv"
    assert upload(as_bob, content=b"C02NOBODY1", name="March").context["serials"].name == "March"


@pytest.mark.parametrize(
    ("content", "text", "words"),
    [
        (b"", "  ", "Paste a list, or choose a file."),
        (b"C02AAAA1", "C02AAAA1", "only one of them can be read"),
        (b"PK\x03\x04", "", "save it as CSV"),
        (b"", "Serial number\n", "There is no serial number in it."),
    ],
)
def test_what_cannot_be_read_is_told_and_what_was_typed_stays(as_bob, content, text, words):
    answer = upload(as_bob, content=content, text=text, name="March")
    assert words in answer.content.decode()
    assert answer.context["form"]["text"].value() == text
    assert answer.context["form"]["name"].value() == "March"
    assert not SerialList.objects.exists()


def test_a_list_is_its_owners(as_alice, bob):
    serials = read_serials("C02AAAA1", name="x", by=bob)
    for name in ("serial-list", "serial-list-export", "serial-list-assign"):
        assert as_alice.get(reverse(name, args=[serials.pk])).status_code == 404


def test_rows_can_be_narrowed_to_an_answer(as_bob, bob):
    device = a_device(a_token())
    serials = read_serials(f"{device.serial}\nC02NOBODY1\nwhat?", name="x", by=bob)
    page = as_bob.get(reverse("serial-list", args=[serials.pk]), {"show": "no_serial"})
    assert [row.number for row in page.context["page"].rows] == [3]


def test_the_found_ones_are_assigned_after_a_preview(as_alice, alice):
    token = a_token()
    profile = a_profile(token, name="Kiosk")
    device = a_device(token)
    serials = read_serials(f"{device.serial},Kiosk\nC02NOBODY1,Staff", name="x", by=alice)
    assert (
        "The profile that each row names"
        in as_alice.get(reverse("serial-list-assign", args=[serials.pk])).content.decode()
    )
    for chosen in ("named", profile.pk):
        answer = as_alice.post(reverse("serial-list-assign", args=[serials.pk]), {"profile": chosen}, follow=True)
        assert answer.context["operation"].gets == 1
        assert answer.context["operation"].chosen_by == reverse("serial-list", args=[serials.pk])
    answer = as_alice.post(reverse("serial-list-assign", args=[serials.pk]), {"profile": ""}, follow=True)
    assert "Choose a profile." in answer.content.decode()


def test_a_page_asks_the_database_as_often_for_many_as_for_one(as_bob, bob):
    token = a_token()
    profile = a_profile(token)
    asked = []
    for count in (1, 1, 11):  # the first time the bell's figures are counted, too
        devices = [a_device(token, wish="profile", profile=profile) for _ in range(count)]
        serials = read_serials("\n".join(device.serial for device in devices), name="x", by=bob)
        with CaptureQueriesContext(connection) as queries:
            as_bob.get(reverse("serial-list", args=[serials.pk]))
        asked.append(len(queries))
    assert asked[1] == asked[2] <= asked[0]


def test_a_row_tells_where_its_device_is_and_what_is_wanted_of_it(as_bob, bob):
    token = a_token(name="Orchard")
    device = a_device(token, wish="profile", profile=a_profile(token, name="Kiosk"))
    serials = read_serials(f"{device.serial},Tills,for Lyon", name="x", by=bob)
    page = as_bob.get(reverse("serial-list", args=[serials.pk])).content.decode()
    for words in ("Orchard", "Kiosk", "Waiting", "Tills", "for Lyon"):
        assert words in page


def test_rows_can_be_narrowed_to_a_token_and_name_profiles_that_are_not_there(as_bob, bob):
    token, other = a_token(name="Orchard"), a_token(name="Other")
    a_profile(token, name="Kiosk")
    here, there = a_device(token), a_device(other)
    serials = read_serials(f"{here.serial},Kiosk\n{there.serial},Kiosk", name="x", by=bob)
    page = as_bob.get(reverse("serial-list", args=[serials.pk]), {"token": other.pk})
    rows = page.context["page"].rows
    assert [row.serial for row in rows] == [there.serial]
    assert "its token has none of this name" in page.content.decode()
    page = as_bob.get(reverse("serial-list", args=[serials.pk]), {"token": token.pk})
    assert "its token has none of this name" not in page.content.decode()


def test_a_long_paste_is_read(as_bob):
    text = "\n".join(
        f"C02{number:09},Profile of a long name {number},a note that says something" for number in range(45_000)
    )
    assert len(text) > 2_500_000
    assert upload(as_bob, text=text).context["serials"].counts == {"unknown": 45_000}


@pytest.mark.parametrize("asked", ["9" * 40, "٣", "²", "nobody"])
def test_a_token_that_is_none_breaks_no_page(asked, as_bob, bob):
    serials = read_serials("C02NOBODY1", name="x", by=bob)
    assert as_bob.get(reverse("serial-list", args=[serials.pk]), {"token": asked}).status_code == 200
