"""WARN-1: what Apple says no with, and that it has not said anything yet."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from enrollment.actions.warnings.conditions.token_trouble import TokenNotVerified, TokenUnreachable
from enrollment.models import Severity, Token
from tests.actions.warnings.conditions.holding import START, conditions, holding, the
from tests.cast import a_synced_token, a_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
YEAR = START + timedelta(days=365)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.mark.parametrize(
    ("column", "condition", "severity"),
    [
        ("rejected_at", "token_rejected", Severity.UNHEALTHY),
        ("terms_since", "terms_not_signed", Severity.UNHEALTHY),
        ("unreachable_since", "token_unreachable", Severity.WARNING),
    ],
)
def test_what_apple_says_no_with_is_told_since_it_did(clock, column, condition, severity):
    since = START - timedelta(hours=2)
    token = a_synced_token(START, name="Shops", **{column: since})
    warning = the(condition)
    assert (warning.token, warning.severity, warning.since) == (token, severity, since)
    assert "“Shops”" in warning.sentence


def test_of_several_the_first_is_told_as_its_status_is(clock):
    a_synced_token(START, rejected_at=START, unreachable_since=START)
    assert conditions() == ["token_rejected"]


def test_an_expired_token_is_told_as_that_alone(clock):
    a_synced_token(START - timedelta(days=9), expires_at=START, rejected_at=START, terms_since=START)
    assert conditions() == ["token_expired"]


def test_the_remedy_is_what_apples_answer_calls_for(clock):
    advice = "Something between this server and Apple changes the User-Agent header: ask the network's owner."
    a_synced_token(START, unreachable_since=START, trouble_sentence="Apple …", trouble_advice=advice)
    assert the("token_unreachable").remedy == advice
    Token.objects.update(trouble_advice="")
    assert "firewall" in the("token_unreachable").remedy


def test_a_token_apple_never_answered_for_is_a_warning_and_after_three_days_unhealthy(clock):
    token = a_token(name="Shops", verified_at=None, expires_at=YEAR)
    warning = the("token_not_verified")
    assert (warning.severity, warning.step, warning.since) == (Severity.WARNING, "", START)
    clock.shift(timedelta(days=3, seconds=-1))
    assert the("token_not_verified").severity == Severity.WARNING
    clock.shift(timedelta(seconds=1))
    warning = the("token_not_verified")
    assert (warning.severity, warning.step) == (Severity.UNHEALTHY, "3")
    assert holding("no_sync") == [], "it cannot be synced: one cause, one warning"
    Token.objects.filter(pk=token.pk).update(verified_at=START + timedelta(days=3))
    assert holding("token_not_verified") == []


def test_a_token_that_expired_without_an_answer_has_expired(clock):
    a_token(verified_at=None, expires_at=START)
    assert [one for one in conditions() if one.startswith("token")] == ["token_expired"]


def test_what_passes_by_itself_is_not_told_at_once():
    assert TokenUnreachable.patience == TokenNotVerified.patience == timedelta(minutes=30)


def test_it_speaks_french(clock):
    a_token(name="Boutiques", verified_at=None, expires_at=YEAR)
    with override("fr"):
        warning = the("token_not_verified")
        assert warning.sentence == typeset(
            "Apple n'a pas encore répondu pour le jeton « Boutiques » : rien n'est synchronisé."
        )
        assert "automatiquement" in warning.remedy
