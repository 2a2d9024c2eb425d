"""Looking for a state where it is likely finds exactly the devices that are in it."""

import pytest

from enrollment.models import (
    AssignmentState,
    Device,
    Profile,
    device_groups,
    distinct_values,
)
from enrollment.models.assignment import needs_wipe
from tests.cast import a_device, a_token
from tests.mixed_devices import NOW, mixed_devices

pytestmark = pytest.mark.django_db


@pytest.fixture
def devices():
    mixed_devices(a_token())


@pytest.fixture(params=[(2_000, 500), (2_000, 3), (3, 500)], ids=["few groups", "many groups", "too many to look at"])
def _groups(request, monkeypatch):
    groups, conditions = request.param
    monkeypatch.setattr(distinct_values, "AT_MOST", groups)
    monkeypatch.setattr(device_groups, "MOST_CONDITIONS", conditions)


@pytest.mark.usefixtures("devices", "_groups")
def test_every_state_is_found_where_it_is_likely_and_nowhere_else():
    seen = dict(Device.objects.with_state(NOW).values_list("pk", "state_now"))
    for state in AssignmentState:
        expected = {pk for pk, one in seen.items() if one == state}
        assert expected, f"no device is {state}: the test shows nothing"
        assert set(Device.objects.in_state(state, NOW).values_list("pk", flat=True)) == expected


@pytest.mark.usefixtures("devices")
def test_states_are_counted_as_they_are():
    for profile in Profile.objects.all():
        devices = Device.objects.present().filter(profile=profile)
        seen = list(devices.with_state(NOW).values_list("state_now", flat=True))
        assert Device.objects.present().counts_by_state(profile, NOW) == {
            one: seen.count(one) for one in AssignmentState
        }
        assert devices.needing_wipe(profile).count() == devices.filter(needs_wipe()).count()


@pytest.mark.usefixtures("devices", "_groups")
def test_whoever_needs_a_wipe_is_found_where_it_is_likely():
    expected = set(Device.objects.filter(needs_wipe()).values_list("pk", flat=True))
    assert expected
    assert set(Device.objects.needing_wipe().values_list("pk", flat=True)) == expected


@pytest.mark.usefixtures("_groups")
def test_a_description_is_found_by_a_part_of_it_in_any_case():
    token = a_token()
    for number in range(5):
        a_device(token, serial=f"S{number}", description=f"IPAD {number} GRÜN", asset_tag="")
    assert set(Device.objects.search("pad 3 gr").values_list("serial", flat=True)) == {"S3"}
    assert Device.objects.search("GRÜN").count() == 5


def test_distinct_values_are_all_there_is():
    token = a_token()
    for number in range(20):
        a_device(token, model=f"Model {number % 3}", family=f"Family {number % 2}")
    assert sorted(distinct_values.distinct_values(Device, ("model",))) == ["Model 0", "Model 1", "Model 2"]
    pairs = distinct_values.distinct_values(Device, ("model", "family"), "family <> 'Family 0'")
    assert sorted(map(tuple, pairs)) == [(f"Model {n}", "Family 1") for n in range(3)]
