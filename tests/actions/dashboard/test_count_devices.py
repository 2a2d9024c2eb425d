"""DASH-1: the figures of devices are those of the lists behind them."""

import pytest

from enrollment.actions.dashboard.count_devices import count_devices
from enrollment.actions.dashboard.count_profiles import SHOWN, count_profiles
from enrollment.models import AppleProfileStatus, AssignmentState, Profile, ScopeTag, Wish
from enrollment.models.device_filter import DeviceFilter
from tests.cast import a_device, a_profile, a_token
from tests.mixed_devices import mixed_devices

pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(charlie):
    """Two tokens with devices of all kinds; charlie sees the second."""
    tokens = [a_token(), a_token()]
    for token in tokens:
        mixed_devices(token, 200)
    tokens[1].scope_tags.set(ScopeTag.objects.filter(name="Elsewhere"))
    return tokens


def listed(person, **filters):
    return DeviceFilter({**filters, "released": "false"}, person=person).devices.count()


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_each_figure_is_that_of_its_list(who, request):
    person = request.getfixturevalue(who)
    counts = count_devices(person)
    assert counts.total == listed(person) > 100
    assert counts.by_status == {one: listed(person, apple_status=one) for one in AppleProfileStatus}
    assert counts.by_state == {one: listed(person, state=one) for one in AssignmentState}
    seen = Profile.objects.visible_to(person)
    assert counts.by_profile == {one.pk: n for one in seen if (n := listed(person, profile=one.pk))}
    assert counts.by_token == {one: listed(person, token=one) for one in counts.by_token}
    assert counts.no_profile_wanted == listed(person, wish="none")
    assert counts.nothing_said == listed(person, wish="nothing")
    assert counts.released == DeviceFilter({"released": "true"}, person=person).devices.count()


@pytest.mark.usefixtures("tokens")
def test_every_side_sums_up_to_the_total(alice):
    counts = count_devices(alice)
    wanted = sum(counts.by_profile.values()) + counts.no_profile_wanted + counts.nothing_said
    sides = [sum(side.values()) for side in (counts.by_status, counts.by_state, counts.by_token)]
    assert {*sides, wanted} == {counts.total}


def test_nobody_is_told_of_devices_they_do_not_see(tokens, alice, charlie):
    everything, a_part = count_devices(alice), count_devices(charlie)
    assert a_part.total + count_devices(alice).by_token[tokens[0].pk] == everything.total
    assert set(a_part.by_token) == {tokens[1].pk}
    tokens[1].scope_tags.clear()
    assert count_devices(charlie).total == 0, "at once, although it is counted once a minute"


def test_the_profiles_wanted_most_are_named_and_the_others_told_together(alice):
    token = a_token()
    profiles = [a_profile(token, name=f"Profile {number:02}") for number in range(SHOWN + 3)]
    for number, profile in enumerate(profiles):
        for _n in range(number + 1):
            a_device(token, wish=Wish.PROFILE, profile=profile)
    a_device(token, wish=Wish.NO_PROFILE)
    a_device(token), a_device(token)
    counts = count_profiles(count_devices(alice))
    assert [(profile.name, n) for profile, n in counts.most] == [
        (f"Profile {number:02}", number + 1) for number in range(SHOWN + 2, 2, -1)
    ]
    assert (counts.other_profiles, counts.other_devices) == (3, 1 + 2 + 3)
    assert (counts.no_profile_wanted, counts.nothing_said) == (1, 2)
