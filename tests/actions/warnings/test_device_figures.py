"""What warnings count of devices is part of what is counted for all who look."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.warnings.device_figures import device_figures
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
