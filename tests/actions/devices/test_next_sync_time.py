"""LIM-11 and SYNC-3 with many tokens: each is due within 12 hours, and they are not all due at once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from enrollment import limits
from enrollment.actions.devices.next_sync_time import next_sync_time
from enrollment.models import Token
from tests.cast import a_token

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_lim_11_a_token_alone_is_due_in_twelve_hours():
    assert next_sync_time(a_token(), NOON) == NOON + timedelta(hours=12)


def test_lim_11_tokens_that_end_their_syncs_together_are_due_one_after_the_other():
    tokens = [a_token() for _number in range(5)]
    for token in tokens:
        Token.objects.filter(pk=token.pk).update(next_sync_at=next_sync_time(token, NOON))
    due = sorted(Token.objects.values_list("next_sync_at", flat=True), reverse=True)
    assert due == [NOON + timedelta(hours=12) - number * timedelta(minutes=1) for number in range(5)]


def test_lim_3_two_thousand_tokens_are_spread_over_the_twelve_hours():
    first = a_token()
    copies = [
        Token(
            **{
                **{f.attname: getattr(first, f.attname) for f in Token._meta.concrete_fields if f.attname != "id"},
                "name": f"Copy {number}",
                "server_mark": f"c{number:063d}",
            }
        )
        for number in range(limits.TOKENS_PER_INSTALLATION - 1)
    ]
    Token.objects.bulk_create(copies)
    for token in Token.objects.all()[:200]:
        Token.objects.filter(pk=token.pk).update(next_sync_at=next_sync_time(token, NOON))
    due = Token.objects.exclude(next_sync_at=None).values_list("next_sync_at", flat=True)
    assert max(Counter(due).values()) <= 1 + 2 * limits.TOKENS_PER_INSTALLATION // 720
    assert all(NOON < at <= NOON + timedelta(hours=12) for at in due)


def test_a_token_keeps_its_own_place(db):
    token = a_token(next_sync_at=NOON + timedelta(hours=12))
    assert next_sync_time(token, NOON) == NOON + timedelta(hours=12)
