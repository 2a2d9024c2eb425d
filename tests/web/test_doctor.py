"""The serial doctor as a page; what it says is tested with its checks."""

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.models import AuditEntry, Device
from tests.cast import a_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device(token, server, world, apple):
    world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    return Device.objects.get()


def examine(browser, typed, **headers):
    return browser.get(reverse("serial-doctor"), {"serial": typed}, headers=headers).content.decode()


def test_helpdesk_reads_the_answer_its_evidence_and_the_next_step(as_bob, device):
    page = examine(as_bob, device.serial.lower())
    assert "nobody has said which, and Apple has none" in page
    assert "Set a default profile" in page
    assert reverse("device-detail", args=[device.pk]) in page
    assert f'data-copy="Serial doctor: {device.serial}' in page


def test_an_unknown_number_gets_a_full_answer(as_bob, token, apple):
    page = examine(as_bob, "C02NOWHERE1")
    assert "No token that you may see has this serial number." in page
    assert "no server has it" in page


def test_what_is_typed_is_only_text(as_bob, db):
    page = examine(as_bob, "<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "cannot be a serial number" in page


def test_nothing_typed_is_no_question(as_bob, db):
    page = examine(as_bob, "   ")
    assert "Why does this device not enroll?" in page
    assert "What was looked at" not in page


def test_it_speaks_french(as_bob, device):
    page = examine(as_bob, device.serial, **{"accept-language": "fr"})
    assert "Quel profil doit-il avoir" in page
    assert "Which profile" not in page


def test_who_asks_very_often_reads_all_but_what_apple_says_now(as_bob, device, world, monkeypatch):
    cache.clear()
    monkeypatch.setattr(limits, "REFRESHES_PER_MINUTE", (1, 100))
    with time_machine.travel(timezone.now().replace(second=10), tick=False):
        assert "Yes; profile status" in examine(as_bob, device.serial)
        asked = len(world.calls)
        page = examine(as_bob, device.serial)
    assert "you have asked about many just now" in page
    assert "nobody has said which, and Apple has none" in page
    assert len(world.calls) == asked


def test_looking_leaves_no_trace(as_bob, device):
    before = AuditEntry.objects.count()
    examine(as_bob, device.serial)
    assert AuditEntry.objects.count() == before


def test_operators_ask_on_the_command_line(device, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("diagnose", device.serial, "--language", "fr")
    assert ended.value.code == 1
    assert "Quel profil doit-il avoir" in capsys.readouterr().out
