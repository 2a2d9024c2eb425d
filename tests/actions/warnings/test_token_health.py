"""How a token is follows from the worst that holds for it."""

import pytest

from enrollment.actions.warnings.conditions.expiry import TokenExpiring
from enrollment.actions.warnings.token_health import health_by_token
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Health, Severity
from tests.cast import a_token

pytestmark = pytest.mark.django_db


def a_warning(severity, token=None, **more):
    return StandingWarning(condition=TokenExpiring(), severity=severity, token=token, **more)


def test_the_worst_decides_and_a_notice_leaves_all_healthy():
    noticed, bad, worse = a_token(), a_token(), a_token()
    found = health_by_token(
        [
            a_warning(Severity.NOTICE, noticed),
            a_warning(Severity.WARNING, bad),
            a_warning(Severity.WARNING, worse),
            a_warning(Severity.UNHEALTHY, worse),
            a_warning(Severity.UNHEALTHY),
        ]
    )
    assert found == {noticed.pk: Health.HEALTHY, bad.pk: Health.WARNING, worse.pk: Health.UNHEALTHY}


def test_a_snooze_makes_nothing_healthy():
    token = a_token()
    assert health_by_token([a_warning(Severity.UNHEALTHY, token, is_snoozed=True)]) == {token.pk: Health.UNHEALTHY}
