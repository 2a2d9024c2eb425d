"""The status of a VPP token, one at a time; when it is read; and where it asks."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.models import VppToken, VppTokenStatus
from enrollment.models.vpp_token import APPS_AND_BOOKS, content_address
from tests.cast import a_vpp_token

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = timedelta(minutes=1)
TROUBLES = {
    VppTokenStatus.EXPIRED: {"expires_at": NOW - timedelta(days=1)},
    VppTokenStatus.REJECTED: {"rejected_at": NOW},
    VppTokenStatus.UNREACHABLE: {"unreachable_since": NOW},
    VppTokenStatus.EXPIRES_SOON: {"expires_at": NOW + timedelta(days=29)},
}


def test_of_several_that_hold_the_first_is_the_status_for_the_row_and_the_database():
    for count in range(len(TROUBLES) + 1):
        for held in itertools.combinations(TROUBLES, count):
            if {VppTokenStatus.EXPIRED, VppTokenStatus.EXPIRES_SOON} <= set(held):
                continue  # one date cannot be both
            token = a_vpp_token(**{key: value for status in held for key, value in TROUBLES[status].items()})
            wanted = held[0] if held else VppTokenStatus.ACTIVE
            assert token.status == wanted
            assert VppToken.objects.with_status().get(pk=token.pk).status_now == wanted
            assert list(VppToken.objects.in_status(wanted).filter(pk=token.pk)) == [token]


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({"next_read_at": None}, True),
        ({"next_read_at": NOW}, True),
        ({"next_read_at": NOW + MINUTE}, False),
        ({"next_read_at": None, "reading_until": NOW + MINUTE}, False),
        ({"next_read_at": None, "reading_until": NOW - MINUTE}, True),
        ({"next_read_at": None, "expires_at": NOW}, False),
        ({"next_read_at": None, "rejected_at": NOW}, True),
    ],
)
def test_when_its_licences_are_due(changes, is_due):
    token = a_vpp_token(**changes)
    assert VppToken.objects.to_read(NOW).filter(pk=token.pk).exists() is is_due


def test_who_waits_longest_is_read_first():
    late, never, early = (a_vpp_token(next_read_at=at).pk for at in (NOW - MINUTE, None, NOW - 2 * MINUTE))
    assert list(VppToken.objects.to_read(NOW).values_list("pk", flat=True)) == [never, early, late]


def test_it_asks_the_apple_it_was_added_with():
    assert content_address("https://mdmenrollment.apple.com") == APPS_AND_BOOKS
    assert content_address("http://127.0.0.1:9100/") == "http://127.0.0.1:9100/mdm/v2/"
    assert a_vpp_token().is_pretend
    assert not a_vpp_token(apple_url=APPS_AND_BOOKS).is_pretend
