"""Read now: as often as it may be asked for, and not while Apple wants to be left alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment import limits
from enrollment.actions.licences.request_reading import ReadingRefused, request_reading
from enrollment.models import AuditEntry, VppToken
from tests.cast import a_vpp_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def is_due(token):
    return VppToken.objects.to_read(timezone.now()).filter(pk=token.pk).exists()


def test_it_is_due_at_once_and_recorded(alice):
    token = a_vpp_token()
    assert not is_due(token)
    request_reading(token, by=alice)
    assert is_due(token)
    entry = AuditEntry.objects.get(action="vpp_token.reading_asked")
    assert (entry.person_id, entry.object_id) == (alice.pk, token.pk)


def test_while_it_is_being_read_that_is_what_was_wished(alice):
    token = a_vpp_token(reading_until=NOW + timedelta(minutes=1))
    request_reading(token, by=alice)
    assert not AuditEntry.objects.exists()


def test_once_a_minute_of_one_token_whoever_asks(alice, bob, clock):
    token = a_vpp_token()
    request_reading(token, by=alice)
    VppToken.objects.update(next_read_at=NOW + timedelta(hours=1))
    token.refresh_from_db()
    with pytest.raises(ReadingRefused) as refused:
        request_reading(token, by=bob)
    assert refused.value.until == NOW + timedelta(minutes=1)
    assert "a moment ago" in refused.value.sentence
    clock.shift(timedelta(seconds=61))
    request_reading(token, by=bob)
    assert is_due(token)


def test_so_many_a_minute_of_one_person(alice, clock):
    most = limits.READINGS_PER_MINUTE[0]
    for _ in range(most):
        request_reading(a_vpp_token(), by=alice)
        clock.shift(timedelta(seconds=1))
    with pytest.raises(ReadingRefused) as refused:
        request_reading(a_vpp_token(), by=alice)
    assert refused.value.details == {"most": most}
    assert refused.value.until == NOW + timedelta(minutes=1)


def test_not_before_apple_wants_to_be_asked_again(alice, clock):
    token = a_vpp_token(trouble_details={"wait_until": (NOW + timedelta(minutes=20)).isoformat()})
    with pytest.raises(ReadingRefused) as refused:
        request_reading(token, by=alice)
    assert refused.value.until == NOW + timedelta(minutes=20)
    clock.shift(timedelta(minutes=20))
    request_reading(token, by=alice)
    assert is_due(token)


def test_not_when_its_year_is_over(alice):
    with pytest.raises(ReadingRefused) as refused:
        request_reading(a_vpp_token(days=0), by=alice)
    assert refused.value.until is None
