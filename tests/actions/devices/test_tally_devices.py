"""What is counted of devices once a minute is what a look at each of them finds."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.devices.tally_devices import CLAIM, count_all, keep_tally, tally_devices
from enrollment.models import AssignmentState, Device, Wish, device_groups
from enrollment.models.device_filter import DeviceFilter
from enrollment.tasks import every_minute
from tests.cast import a_device, a_profile, a_run, a_token
from tests.mixed_devices import NOW, mixed_devices

pytestmark = pytest.mark.django_db


def by(devices, *columns):
    """Counted one by one."""
    return Counter(tuple(getattr(device, name) for name in columns) for device in devices)


def flat(counts):
    return {(value, key): n for value, by_key in counts.items() for key, n in by_key.items()}


@pytest.mark.parametrize(("conditions", "parts"), [(500, 8), (3, 100), (3, 1)], ids=["at once", "in parts", "all"])
def test_every_device_is_counted_from_every_side(conditions, parts, monkeypatch):
    monkeypatch.setattr(device_groups, "MOST_CONDITIONS", conditions)
    monkeypatch.setattr(device_groups, "MOST_PARTS", parts)
    tokens = [a_token(), a_token()]
    for token in tokens:
        mixed_devices(token, 300)
    tally = tally_devices(NOW)
    devices = list(Device.objects.with_state(NOW))
    present = [device for device in devices if not device.released_at]
    gone = [device for device in devices if device.released_at]
    assert len(present) > 200 < len(gone) * 2, "there are enough of either"
    assert flat(tally.by_status) == by(present, "apple_profile_status", "token_id")
    settled = (AssignmentState.CONFIRMED, AssignmentState.NOTHING_WANTED)
    assert flat(tally.by_state) == by([one for one in present if one.state_now not in settled], "state_now", "token_id")
    assert {(key,): n for key, n in tally.by_profile.items()} == by([d for d in present if d.profile_id], "profile_id")
    assert {(key,): n for key, n in tally.wanted_ever.items()} == by([d for d in devices if d.profile_id], "profile_id")
    without = [device for device in present if device.wish == Wish.NO_PROFILE]
    assert {(key,): n for key, n in tally.no_profile.items()} == by(without, "token_id")
    assert {(key,): n for key, n in tally.released.items()} == by(gone, "token_id")
    assert {(key,): n for key, n in tally.present.items()} == by(present, "token_id")


def test_the_first_release_of_each_token_is_known():
    token = a_token()
    for hours in (5, 9, 2):
        a_device(token, released_at=NOW - timedelta(hours=hours), profile=a_profile(token), wish=Wish.PROFILE)
    assert tally_devices(NOW).first_release == {token.pk: NOW - timedelta(hours=9)}


def test_it_asks_as_much_of_many_tokens_as_of_one():
    asked = []
    for count in (1, 10):
        for _n in range(count):
            mixed_devices(a_token(), 10)
        with CaptureQueriesContext(connection) as captured:
            count_all(NOW)
        asked.append(len(captured))
    assert asked[0] == asked[1] < 10


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def many(monkeypatch):
    """So many that counting them takes a while."""
    monkeypatch.setattr(limits, "FEW_DEVICES", -1)


def test_without_a_clock_one_counts_anew_after_a_minute_while_others_read_the_last(clock, many):
    token = a_token()
    assert tally_devices(timezone.now()).present == {}
    a_device(token)
    clock.shift(timedelta(seconds=59))
    with CaptureQueriesContext(connection) as captured:
        assert tally_devices(timezone.now()).present == {}
    assert len(captured) == 0
    clock.shift(timedelta(seconds=1))
    cache.add(CLAIM, True, 30)
    assert tally_devices(timezone.now()).present == {}, "somebody else is counting"
    cache.delete(CLAIM)
    assert tally_devices(timezone.now()).present == {token.pk: 1}
    assert cache.get(CLAIM) is None


def test_one_who_began_to_count_and_died_keeps_nobody_from_it_for_long(clock, many, settings):
    if settings.REDIS_URL:
        pytest.skip("Redis has a clock of its own, which nobody moves")
    token = a_token()
    tally_devices(timezone.now())
    cache.add(CLAIM, True, 30)
    a_device(token)
    clock.shift(timedelta(minutes=2))
    assert tally_devices(timezone.now()).present == {token.pk: 1}


def test_few_devices_are_counted_anew_after_some_seconds(clock):
    """Whoever has connected a token does not wait for a minute to see what it brought."""
    token = a_token()
    keep_tally()
    assert tally_devices(timezone.now()).present == {}
    a_device(token)
    clock.shift(timedelta(seconds=4))
    assert tally_devices(timezone.now()).present == {}
    clock.shift(timedelta(seconds=1))
    assert tally_devices(timezone.now()).present == {token.pk: 1}


def test_what_the_clock_counted_is_the_same_for_every_process():
    for token in (a_token(), a_token()):
        mixed_devices(token, 100)
        a_device(token, released_at=NOW - timedelta(hours=5))
    with time_machine.travel(NOW, tick=False):
        keep_tally()
        cache.clear()
        assert tally_devices(NOW) == count_all(NOW)


def test_nobody_counts_while_the_clock_does(clock, many):
    token = a_token()
    keep_tally()
    a_device(token)
    for _other_process in range(2):
        cache.clear()
        clock.shift(timedelta(seconds=59))
        with CaptureQueriesContext(connection) as captured:
            assert tally_devices(timezone.now()).present == {}
        assert len(captured) == 1
    clock.shift(timedelta(seconds=2))
    assert tally_devices(timezone.now()).present == {token.pk: 1}, "the clock has stopped"


def test_the_clock_counts_each_minute(clock, many):
    token = a_token()
    tally_devices(timezone.now())
    a_device(token)
    every_minute()
    assert tally_devices(timezone.now()).present == {token.pk: 1}


@pytest.mark.django_db(transaction=True)
def test_a_word_of_apples_that_nobody_knows_is_listed_where_it_is_counted(token, world, server, alice):
    """Both as no profile: that is what is kept of it, so that the list finds it along its index."""
    (serial,) = world.add_devices(server, 1)
    world.devices[serial].change(profile_status="melted")
    sync_devices(a_run(token))
    tally = count_all(timezone.now())
    assert tally.by_status["empty"] == {token.pk: 1}
    assert [one.serial for one in DeviceFilter({"apple_status": "empty"}, person=alice).devices] == [serial]


def test_a_status_that_nobody_knows_counts_as_no_profile():
    token = a_token()
    a_device(token, apple_profile_status="")
    assert count_all(NOW).by_status["empty"] == {token.pk: 1}
