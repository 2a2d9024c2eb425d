"""DEV-8 for programs: why does this device not enroll?"""

import pytest

from enrollment import limits
from enrollment.models import Permission, Role, Wish
from tests.cast import a_device, a_profile, a_token, a_vpp_token

pytestmark = pytest.mark.django_db


def test_whoever_reads_devices_asks_the_doctor(program, alice, bob):
    for who in (alice, bob):
        assert program(who)("get", "doctor/?serial=ABC123456789").status_code == 200
    bob.roles.set([Role.objects.create(key="tokens", permissions=[Permission.READ_TOKEN])])
    assert program(bob)("get", "doctor/?serial=ABC123456789").status_code == 403


def test_findings_in_order_with_evidence_and_the_place_of_the_next_step(program, alice):
    device = a_device(a_token(name="Ours"), serial="ABC123456789")
    told = program(alice)("get", "doctor/?serial= abc-123456789").json()
    assert (told["serial"], told["device"], told["is_well"]) == ("ABC123456789", device.pk, False)
    by_id = {one["id"]: one for one in told["findings"]}
    assert list(by_id)[-1] == "beyond"
    assert by_id[told["first"]]["verdict"] == "problem"
    assert by_id[told["first"]]["evidence"] in told["answer"]
    wanted = by_id["at-apple"]
    assert wanted["about"]["type"] == "device"
    assert wanted["about"]["url"] == f"http://testserver/api/v1/devices/{device.pk}/"
    assert wanted["next_step"] in told["text"]


def test_a_profile_is_named_with_its_place(program, alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32, name="Classroom")
    device = a_device(token, apple_profile_status="assigned", apple_profile_uuid="A" * 32)
    told = program(alice)("get", f"doctor/?serial={device.serial}").json()
    places = [one["about"] for one in told["findings"] if one["about"]]
    assert {"type": "profile", "id": profile.pk, "name": "Classroom", "url": told_at(profile)} in places


def test_a_vpp_token_is_named_with_its_place(program, alice):
    licences = a_vpp_token(name="Caen", days=-1)
    profile = a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    device = a_device(profile.token, wish=Wish.PROFILE, profile=profile)
    told = program(alice)("get", f"doctor/?serial={device.serial}").json()
    about = next(one["about"] for one in told["findings"] if one["id"] == "licences")
    url = f"http://testserver/api/v1/vpp-tokens/{licences.pk}/"
    assert about == {"type": "vpp_token", "id": licences.pk, "name": "Caen", "url": url}


def told_at(profile):
    return f"http://testserver/api/v1/profiles/{profile.pk}/"


def test_out_of_scope_is_not_known(program, charlie):
    device = a_device(a_token(name="Ours"))
    answer = program(charlie)("get", f"doctor/?serial={device.serial}")
    assert answer.json()["device"] is None
    assert "Ours" not in answer.content.decode()


def test_it_speaks_the_language_that_is_asked_for(program, alice):
    device = a_device(a_token())
    path = f"doctor/?serial={device.serial}"
    english, french = (program(alice)("get", path, headers={"Accept-Language": one}).json() for one in ("en", "fr"))
    assert [one["id"] for one in english["findings"]] == [one["id"] for one in french["findings"]]
    assert english["text"].startswith("Serial doctor")
    assert french["text"].startswith("Docteur des numéros de série")


def test_apple_is_asked_as_often_as_devices_are_refreshed(program, alice):
    ask = program(alice)
    asked = [ask("get", "doctor/?serial=ABC123456789").json()["asked_apple"] for _ in range(21)]
    assert asked == [True] * limits.REFRESHES_PER_MINUTE[0] + [False]


@pytest.mark.parametrize("query", ["", "?serial=", "?serial=%00", f"?serial={'A' * 101}"])
def test_what_is_no_serial_number_is_refused(program, alice, query):
    answer = program(alice)("get", f"doctor/{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["serial"]
