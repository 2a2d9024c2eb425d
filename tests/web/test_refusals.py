"""Who tries what they may not is told: pages and programs alike, and a flood by its first tries."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment import limits
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.models import AuditEntry
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


def refusals():
    return AuditEntry.objects.filter(action="access.refused")


def test_a_change_somebody_may_not_make_is_told(as_bob, bob):
    device = a_device(a_token())
    assert as_bob.post(f"/devices/{device.pk}/delete/").status_code == 403
    entry = refusals().get()
    assert (entry.person_id, entry.result, entry.origin) == (bob.pk, "refused", "127.0.0.1")
    assert entry.after == {"page": "device-delete", "method": "POST", "address": f"/devices/{device.pk}/delete/"}


def test_an_export_somebody_may_not_make_is_told(as_bob):
    assert as_bob.get("/activity/export/csv/").status_code == 403
    assert refusals().get().after["page"] == "activity-export"


def test_a_page_somebody_may_not_read_is_nothing_to_tell(as_bob):
    assert as_bob.get("/activity/").status_code == 403
    assert not refusals().exists()


def test_what_is_allowed_or_not_found_is_nothing_to_tell(as_alice, as_charlie):
    device = a_device(a_token())
    assert as_charlie.post(f"/devices/{device.pk}/delete/").status_code == 404
    assert as_alice.post(f"/devices/{device.pk}/delete/").status_code == 302
    assert not refusals().exists()


def test_a_program_is_told_with_its_key(client, bob):
    key = make_api_key(bob, name="script", by=None)
    profile = a_profile(a_token())
    headers = {"Authorization": f"Bearer {key}"}
    answer = client.delete(f"/api/v1/profiles/{profile.pk}/", headers=headers)
    assert answer.status_code == 403
    entry = refusals().get()
    assert (entry.who, entry.key_name) == ("bob", f"script ({key[:12]}…)")


def test_a_flood_is_told_by_its_first_tries(as_bob):
    url = f"/devices/{a_device(a_token()).pk}/delete/"
    for _turn in range(limits.REFUSALS_TOLD_PER_MINUTE + 3):
        as_bob.post(url)
    assert refusals().count() == limits.REFUSALS_TOLD_PER_MINUTE
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        as_bob.post(url)
    assert refusals().count() == limits.REFUSALS_TOLD_PER_MINUTE + 1


def test_a_stranger_has_no_name_to_tell(client):
    assert client.post("/devices/1/delete/").status_code == 302
    assert not refusals().exists()
