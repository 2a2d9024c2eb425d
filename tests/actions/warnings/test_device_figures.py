"""What warnings count of devices is counted once a minute for everybody."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.warnings.device_figures import CLAIM, device_figures
from enrollment.models import Device
from tests.actions.warnings.conditions.holding import START
from tests.cast import a_device, a_synced_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def token(clock):
    token = a_synced_token(START)
    a_device(token, released_at=START)
    return token


def test_they_are_counted_anew_after_a_minute(token, clock):
    assert device_figures(timezone.now()).released == {token.pk: 1}
    a_device(token, released_at=START)
    clock.shift(timedelta(seconds=59))
    with CaptureQueriesContext(connection) as captured:
        assert device_figures(timezone.now()).released == {token.pk: 1}
    assert len(captured) == 0
    clock.shift(timedelta(seconds=1))
    assert device_figures(timezone.now()).released == {token.pk: 2}


def test_while_one_counts_the_others_read_what_was_counted_before(token, clock):
    device_figures(timezone.now())
    Device.objects.all().delete()
    clock.shift(timedelta(minutes=2))
    cache.add(CLAIM, True, 30)
    assert device_figures(timezone.now()).released == {token.pk: 1}
    cache.delete(CLAIM)
    assert device_figures(timezone.now()).released == {}


def test_one_who_began_to_count_and_died_keeps_nobody_from_it_for_long(token, clock, settings):
    if settings.REDIS_URL:
        pytest.skip("Redis has a clock of its own, which nobody moves")
    device_figures(timezone.now())
    cache.add(CLAIM, True, 30)
    a_device(token, released_at=START)
    clock.shift(timedelta(minutes=2))
    assert device_figures(timezone.now()).released == {token.pk: 2}


def test_tokens_of_which_nothing_is_told_are_not_kept(token):
    a_device(a_synced_token(START), apple_profile_status="assigned")
    assert device_figures(timezone.now()).tokens == {token.pk}


def test_more_tokens_and_devices_ask_no_more(token):
    def asked():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            device_figures(timezone.now())
        return len(captured)

    first = asked()
    for _number in range(10):
        other = a_synced_token(START)
        a_device(other, released_at=START)
        a_device(other)
    assert asked() == first
