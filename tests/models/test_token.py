"""The status of a token: one at a time, in the order of requirements.md section 2."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.models import Token, TokenStatus
from tests.cast import a_token

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TROUBLES = {
    TokenStatus.NOT_VERIFIED: {"verified_at": None},
    TokenStatus.EXPIRED: {"expires_at": NOW - timedelta(days=1)},
    TokenStatus.REJECTED: {"rejected_at": NOW},
    TokenStatus.TERMS_NOT_SIGNED: {"terms_since": NOW},
    TokenStatus.UNREACHABLE: {"unreachable_since": NOW},
    TokenStatus.EXPIRES_SOON: {"expires_at": NOW + timedelta(days=29)},
}


def test_of_several_that_hold_the_first_is_the_status_for_the_row_and_the_database():
    for count in range(len(TROUBLES) + 1):
        for held in itertools.combinations(TROUBLES, count):
            if {TokenStatus.EXPIRED, TokenStatus.EXPIRES_SOON} <= set(held):
                continue  # one date cannot be both
            token = a_token(**{key: value for status in held for key, value in TROUBLES[status].items()})
            wanted = held[0] if held else TokenStatus.ACTIVE
            assert token.status == wanted
            assert Token.objects.with_status().get(pk=token.pk).status_now == wanted
            assert list(Token.objects.in_status(wanted).filter(pk=token.pk)) == [token]


def test_a_token_of_another_apple_is_pretended():
    assert a_token().is_pretend
    assert not a_token(apple_url="https://mdmenrollment.apple.com").is_pretend
