"""The device list as a file: three visitors, and the command on the list that carries its filters."""

import csv
import io
import re

import pytest
import time_machine
from django.urls import reverse

from enrollment.models import AuditEntry, Role, ScopeTag
from tests.cast import a_browser_of, a_device, a_person, a_token

pytestmark = pytest.mark.django_db
URL = "/devices/export/"


def rows(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def serials(answer):
    return [row[0] for row in rows(answer)[1:]]


def command(answer):
    """The address of the list's command, or None."""
    found = re.search(r'<a class="command" href="(/devices/export/[^"]*)" download>', answer.content.decode())
    return found and found[1].replace("&amp;", "&")


@time_machine.travel("2026-03-01 12:00+00:00")
def test_one_who_may_gets_a_file_a_portion_at_a_time(as_bob):
    device = a_device(a_token())
    answer = as_bob.get(URL)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="devices-2026-03-01.csv"'
    assert "Content-Length" not in answer.headers
    assert serials(answer) == [device.serial]
    assert AuditEntry.objects.get(action="device.exported").origin == "127.0.0.1"


def test_one_who_may_not_read_devices_gets_none():
    Role.objects.create(key="tokens_only", permissions=["read_token"])
    answer = a_browser_of(a_person("tom", "tokens_only")).get(URL)
    assert answer.status_code == 403
    assert [entry.action for entry in AuditEntry.objects.all()] == ["access.refused"]


def test_one_from_elsewhere_gets_his_own_rows(as_charlie):
    theirs, ours = a_token(), a_token()
    theirs.scope_tags.set([ScopeTag.objects.get(name="Elsewhere")])
    mine = a_device(theirs)
    a_device(ours)
    assert serials(as_charlie.get(URL)) == [mine.serial]
    assert serials(as_charlie.get(URL, {"token": ours.pk})) == []


def test_a_file_is_only_read(as_alice):
    assert as_alice.head(URL).status_code == 405
    assert as_alice.post(URL).status_code == 405
    assert not AuditEntry.objects.exists()


def test_the_file_speaks_the_readers_language(as_alice):
    a_device(a_token())
    answer = as_alice.get(URL, headers={"Accept-Language": "fr"})
    assert answer.getvalue().decode("utf-8-sig").startswith("Numéro de série;Modèle;")


def test_the_list_offers_what_it_is_filtered_to(as_bob):
    token = a_token()
    pads = {a_device(token, family="iPad").serial for _ in range(60)}
    a_device(token, family="iPhone")
    page = as_bob.get(reverse("device-list"), {"family": "iPad", "q": "c02", "sort": "-serial"})
    second = as_bob.get(f"{reverse('device-list')}?{page.context['page'].next_query}")
    part = as_bob.get(reverse("device-list"), {"family": "iPad", "q": "c02"}, headers={"HX-Request": "true"})
    for shown in (page, second, part):
        assert set(serials(as_bob.get(command(shown)))) == pads


def test_an_empty_list_offers_no_file(as_bob):
    assert command(as_bob.get(reverse("device-list"))) is None
    a_device(a_token())
    assert command(as_bob.get(reverse("device-list"))) == URL + "?"
    assert command(as_bob.get(reverse("device-list"), {"q": "nothing"})) is None


def test_the_command_in_french(as_bob):
    a_device(a_token())
    answer = as_bob.get(reverse("device-list"), headers={"Accept-Language": "fr"})
    assert "Exporter en CSV" in answer.content.decode()


def test_an_export_reads_in_words_in_the_activity(as_alice):
    as_alice.get(URL, {"family": "iPad"})
    shown = as_alice.get(reverse("activity-list")).content.decode()
    assert "Devices exported" in shown
    assert "family=iPad" in shown
