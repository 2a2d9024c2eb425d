"""WARN-2: a warning can be snoozed with a reason. Health counts it all the same; what becomes worse is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import translation

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.find_warning import NoSuchWarning, WarningOver
from enrollment.actions.warnings.snooze_warning import SnoozeRefused, snooze_warning
from enrollment.actions.warnings.token_health import health_by_token
from enrollment.actions.warnings.wake_warning import wake_warning
from enrollment.models import Alert, AuditEntry, Health, Installation
from enrollment.models.alert import REASON_LENGTH
from enrollment.models.audit_words import told
from tests.cast import a_person, a_token

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = "Jeanne renews it on Monday"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def token(db, clock):
    return a_token(name="Lyon", expires_at=NOON + timedelta(days=12), synced_at=NOON)


def the_warning(token, person=None):
    return next(one for one in current_warnings(person) if one.condition.id == "token_expiring" and one.token == token)


def snoozed(token, person, until=NOON + DAY, reason=WHY):
    return snooze_warning(the_warning(token).key, until=until, reason=reason, by=person)


def test_a_snoozed_warning_still_holds_and_still_counts_for_health(alice, token):
    snoozed(token, alice)
    warning = the_warning(token, alice)
    assert warning.is_snoozed
    assert warning.snooze.snooze_reason == WHY
    assert health_by_token([warning]) == {token.pk: Health.WARNING}


def test_it_ends_by_itself_when_its_time_has_come(alice, token, clock):
    snoozed(token, alice)
    clock.shift(DAY - timedelta(seconds=1))
    assert the_warning(token).is_snoozed
    clock.shift(timedelta(seconds=1))
    assert not the_warning(token).is_snoozed


def test_it_ends_when_the_warning_becomes_worse_and_not_when_another_step_comes(alice, token, clock):
    token.expires_at = NOON + timedelta(days=15)
    token.save()
    snoozed(token, alice, until=NOON + timedelta(days=30))
    clock.move_to(NOON + timedelta(days=2))
    assert (the_warning(token).step, the_warning(token).is_snoozed) == ("14", True)
    clock.move_to(NOON + timedelta(days=8))
    assert (the_warning(token).severity, the_warning(token).is_snoozed) == ("unhealthy", False)


def test_who_did_it_why_and_until_when_stands_in_the_audit_log(alice, token):
    snoozed(token, alice)
    (entry,) = AuditEntry.objects.filter(action="warning.snoozed")
    assert (entry.who, entry.object_name, entry.token_id) == ("alice", "Lyon", token.pk)
    (words,) = told([entry], alice)
    assert {line.label: line.after for line in words.lines} == {
        "Warning": "Token expires soon",
        "Snoozed until": "06/02/2026 noon",
        "Why": WHY,
    }


def test_the_audit_log_says_it_in_the_readers_language(alice, token):
    with translation.override("fr"):
        snoozed(token, alice, reason="100 % sûr, %(name)s")
        (words,) = told(AuditEntry.objects.filter(action="warning.snoozed"), alice)
        values = [line.after for line in words.lines]
    assert "Jeton qui expire bientôt" in values
    assert "100 % sûr, %(name)s" in values
    with translation.override("en"):
        (words,) = told(AuditEntry.objects.filter(action="warning.snoozed"), alice)
        assert "Token expires soon" in [line.after for line in words.lines]


def test_snoozed_otherwise_the_audit_log_says_what_it_was(alice, token):
    snoozed(token, alice)
    snoozed(token, alice, until=NOON + 2 * DAY, reason="Later")
    assert Alert.objects.get().snooze_reason == "Later"
    entry = AuditEntry.objects.filter(action="warning.snoozed").latest("pk")
    assert (entry.before["why"], entry.after["why"]) == (WHY, "Later")


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (NOON, WHY, "until"),
        (NOON - DAY, WHY, "until"),
        (NOON + timedelta(days=366, seconds=1), WHY, "until"),
        (NOON + DAY, "", "reason"),
        (NOON + DAY, "  \n ", "reason"),
        (NOON + DAY, "x" * (REASON_LENGTH + 1), "reason"),
    ],
)
def test_a_snooze_has_an_end_within_a_year_and_a_reason(alice, token, until, reason, field):
    with pytest.raises(SnoozeRefused) as refused:
        snoozed(token, alice, until, reason)
    assert refused.value.field == field
    assert not Alert.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_year_and_a_long_reason_are_taken(alice, token):
    snoozed(token, alice, NOON + timedelta(days=365), "x" * REASON_LENGTH)
    assert the_warning(token).is_snoozed


def test_who_may_do_nothing_about_it_may_not_snooze_it(bob, token):
    with pytest.raises(PermissionDenied):
        snoozed(token, bob)
    with pytest.raises(PermissionDenied):
        wake_warning(the_warning(token).key, by=bob)


def test_what_somebody_does_not_see_does_not_exist_for_them(charlie, token):
    with pytest.raises(NoSuchWarning):
        snoozed(token, charlie)
    with pytest.raises(NoSuchWarning):
        wake_warning(the_warning(token).key, by=charlie)


def test_what_belongs_to_the_installation_is_for_who_sees_all_of_it(alice, charlie, token):
    Installation.objects.update_or_create(pk=1, defaults={"clock_at": NOON - DAY})
    with pytest.raises(NoSuchWarning):
        snooze_warning("clock_stopped.installation", until=NOON + DAY, reason=WHY, by=charlie)
    snooze_warning("clock_stopped.installation", until=NOON + DAY, reason=WHY, by=alice)
    assert AuditEntry.objects.get(action="warning.snoozed").object_type == "alert"


def test_one_that_is_over_meanwhile_says_so(alice, token):
    key = the_warning(token).key
    snoozed(token, alice)
    token.expires_at = NOON + timedelta(days=300)
    token.save()
    with pytest.raises(WarningOver):
        snooze_warning(key, until=NOON + DAY, reason=WHY, by=alice)
    with pytest.raises(WarningOver):
        wake_warning(key, by=alice)


@pytest.mark.parametrize(
    "key", ["nonsense", "token_expiring.token-99.20260613", "token_expiring." + "x" * 200, "a\x00"]
)
def test_a_key_that_never_stood_is_not_known(alice, token, key):
    with pytest.raises(NoSuchWarning):
        snooze_warning(key, until=NOON + DAY, reason=WHY, by=alice)


def test_woken_it_counts_again_and_that_is_recorded(alice, token):
    snoozed(token, alice)
    wake_warning(the_warning(token).key, by=alice)
    assert not the_warning(token).is_snoozed
    entry = AuditEntry.objects.get(action="warning.woken")
    assert (entry.who, entry.before["why"]) == ("alice", WHY)


def test_waking_what_does_not_sleep_is_no_change(alice, token):
    wake_warning(the_warning(token).key, by=alice)
    snoozed(token, alice)
    wake_warning(the_warning(token).key, by=alice)
    wake_warning(the_warning(token).key, by=alice)
    assert AuditEntry.objects.filter(action="warning.woken").count() == 1


def test_a_snooze_outlives_who_made_it(token):
    dora = a_person("dora", "administrator")
    snoozed(token, dora)
    dora.delete()
    assert the_warning(token).is_snoozed
