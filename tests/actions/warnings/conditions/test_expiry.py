"""WARN-1: a token expires in 60, 30, 14, 7 or 1 days, or has expired."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from enrollment.models import Severity, Token
from tests.actions.warnings.conditions.holding import START, holding, the
from tests.cast import a_synced_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def in_days(days, more=timedelta()):
    Token.objects.all().delete()
    return a_synced_token(START, name="Shops", expires_at=START + timedelta(days=days) + more)


@pytest.mark.parametrize(("days", "before"), [(60, None), (30, "60"), (14, "30"), (7, "14"), (1, "7")])
def test_each_step_begins_at_its_day(days, before):
    in_days(days, SECOND)
    assert [one.step for one in holding("token_expiring")] == ([before] if before else [])
    token = in_days(days)
    warning = the("token_expiring")
    assert (warning.token, warning.step, warning.since) == (token, str(days), START)
    assert warning.severity == (Severity.UNHEALTHY if days <= 7 else Severity.WARNING)


def test_at_its_end_it_has_expired():
    in_days(0, SECOND)
    assert holding("token_expired") == []
    in_days(0)
    assert holding("token_expiring") == []
    warning = the("token_expired")
    assert (warning.severity, warning.since) == (Severity.UNHEALTHY, START)


def test_a_renewed_token_has_a_warning_of_its_own():
    token = in_days(5)
    before = the("token_expiring").key
    token.expires_at = START + timedelta(days=25)
    token.save()
    assert the("token_expiring").key != before


def test_one_that_is_rejected_is_told_once(clock):
    token = in_days(5)
    token.rejected_at = START
    token.save()
    assert holding("token_expiring") == []
    assert the("token_rejected").token == token


def test_it_says_the_days_in_both_languages(clock):
    in_days(7)
    assert the("token_expiring").sentence == "The token “Shops” expires in 7 days."
    clock.shift(timedelta(days=6))
    assert the("token_expiring").sentence == "The token “Shops” expires in 1 day."
    clock.shift(timedelta(hours=1))
    assert the("token_expiring").sentence == "The token “Shops” expires within a day."
    with override("fr"):
        assert the("token_expiring").sentence == typeset("Le jeton « Shops » expire dans moins d'un jour.")
        clock.shift(timedelta(days=1))
        assert the("token_expired").sentence == typeset("Le jeton « Shops » a expiré.")
