"""Section 2, Status: each refusal leads to its state, is probed gently, and is over when Apple answers again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.tokens.verify_token import verify_token
from enrollment.models import Token, TokenStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fault", "status", "pause"),
    [
        ("terms_before_session", TokenStatus.TERMS_NOT_SIGNED, timedelta(hours=1)),
        ("terms_after_session", TokenStatus.TERMS_NOT_SIGNED, timedelta(hours=1)),
        ("token_rejected", TokenStatus.REJECTED, timedelta(hours=1)),
        ("hang_up", TokenStatus.UNREACHABLE, timedelta(minutes=5)),
        ("503", TokenStatus.UNREACHABLE, timedelta(minutes=5)),
        ("429", TokenStatus.UNREACHABLE, timedelta(minutes=5)),
    ],
)
def test_a_refusal_and_the_way_back(token, world, fault, status, pause):
    world.faults.add(fault)
    assert verify_token(token) is False
    token.refresh_from_db()
    assert token.status == status
    assert token.trouble_sentence
    assert token.trouble_advice
    assert token.next_probe_at - timezone.now() == pytest.approx(pause, abs=timedelta(seconds=10))
    assert not Token.objects.to_probe(timezone.now()).exists(), "gently, not at every tick"
    assert Token.objects.to_probe(timezone.now() + pause + timedelta(seconds=10)).get() == token

    world.faults.clear()
    assert verify_token(token) is True
    token.refresh_from_db()
    assert (token.status, token.trouble_sentence, token.next_probe_at) == (TokenStatus.ACTIVE, "", None)


def test_since_when_is_kept_while_it_lasts(token, world):
    world.withdraw_terms()
    verify_token(token)
    token.refresh_from_db()
    since = token.terms_since
    verify_token(token)
    token.refresh_from_db()
    assert token.terms_since == since


def test_an_unverified_token_is_not_hammered_whatever_apple_says(token, world):
    Token.objects.update(verified_at=None)
    token.refresh_from_db()
    world.faults.add("truncated_json")
    assert verify_token(token) is False
    assert not Token.objects.to_probe(timezone.now()).exists()
