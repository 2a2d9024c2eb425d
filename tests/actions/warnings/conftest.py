"""The clock's part in telling: what it notes, and what workers then send."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.actions.warnings.send_warnings import send_warnings
from enrollment.models import Channel, Delivery, Installation

WEDNESDAY = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    """Wednesday the third of June, half past nine; `clock.move_to` and `clock.shift` move it."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def a_minute(clock):
    """What the clock and its workers do about warnings; how many messages arrived."""

    def pass_():
        Installation.note_clock(timezone.now())
        note_warnings()
        keys = Delivery.objects.channels_to_tell(timezone.now())
        return sum(send_warnings(Channel.objects.get(pk=key) if key else None) for key in keys)

    return pass_
