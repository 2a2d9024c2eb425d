"""DASH-1: tokens by what stands for them, the worst first."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.dashboard.count_tokens import SHOWN, count_tokens
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.models import Health
from tests.cast import a_synced_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def a_token_for(days, **changes):
    now = timezone.now()
    return a_synced_token(now, expires_at=now + timedelta(days=days, hours=1), **changes)


def counted(person):
    return count_tokens(person, current_warnings(person))


def test_the_worst_come_first_and_of_equals_those_that_expire_first(alice):
    for days, name in ((200, "Later"), (300, "Last"), (20, "Soon"), (40, "Sooner or later"), (3, "Now"), (-5, "Over")):
        a_token_for(days, name=name)
    counts = counted(alice)
    assert counts.by_health == {Health.UNHEALTHY: 2, Health.WARNING: 2, Health.HEALTHY: 2}
    assert counts.total == 6
    assert [(token.name, health) for token, health in counts.first] == [
        ("Over", Health.UNHEALTHY),
        ("Now", Health.UNHEALTHY),
        ("Soon", Health.WARNING),
        ("Sooner or later", Health.WARNING),
        ("Later", Health.HEALTHY),
        ("Last", Health.HEALTHY),
    ]


def test_no_more_are_named_than_there_is_room_for(alice):
    for number in range(SHOWN + 2):
        a_token_for(3 + number % 2 * 300)
    counts = counted(alice)
    assert len(counts.first) == SHOWN
    assert sum(counts.by_health.values()) == counts.total == SHOWN + 2


def test_a_token_that_is_not_seen_counts_for_nobody(charlie):
    a_token_for(3)
    counts = counted(charlie)
    assert (counts.total, counts.first) == (0, [])
    assert not any(counts.by_health.values())
