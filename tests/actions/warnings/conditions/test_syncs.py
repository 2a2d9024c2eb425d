"""WARN-1: no successful sync for a day or for three, and the last one failed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from enrollment.models import Severity, SyncRun, SyncStatus, Token
from tests.actions.warnings.conditions.holding import START, conditions, holding, the
from tests.cast import a_run, a_synced_token, a_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
YEAR = START + timedelta(days=365)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def an_ended_run(token, status, at, **changes):
    return a_run(token, status=status, asked_at=at, finished_at=at, **changes)


class TestNoSync:
    @pytest.mark.parametrize(
        ("age", "told"),
        [
            (DAY - SECOND, []),
            (DAY, [(Severity.WARNING, "1")]),
            (3 * DAY - SECOND, [(Severity.WARNING, "1")]),
            (3 * DAY, [(Severity.UNHEALTHY, "3")]),
            (30 * DAY, [(Severity.UNHEALTHY, "3")]),
        ],
    )
    def test_after_a_day_it_is_a_warning_after_three_unhealthy(self, clock, age, told):
        a_synced_token(START, expires_at=YEAR)
        clock.shift(age)
        assert [(one.severity, one.step) for one in holding("no_sync")] == told

    def test_a_token_that_was_never_synced_counts_from_its_first_answer(self, clock):
        a_token(name="Shops", verified_at=START, expires_at=YEAR)
        clock.shift(DAY - SECOND)
        assert holding("no_sync") == []
        clock.shift(DAY + SECOND)
        assert the("no_sync").sentence == "“Shops” was connected 2 days ago and has never been synced to the end."

    @pytest.mark.parametrize("column", ["rejected_at", "terms_since"])
    def test_a_token_that_cannot_be_synced_tells_why_and_no_more(self, clock, column):
        a_synced_token(START, expires_at=YEAR, **{column: START})
        clock.shift(5 * DAY)
        assert holding("no_sync") == []

    def test_an_expired_token_is_not_told_twice(self, clock):
        a_synced_token(START, expires_at=START + DAY)
        clock.shift(5 * DAY)
        assert holding("no_sync") == []

    def test_it_is_over_with_the_next_sync(self, clock):
        a_synced_token(START, expires_at=YEAR)
        clock.shift(5 * DAY)
        Token.objects.update(synced_at=START + 5 * DAY)
        assert holding("no_sync") == []

    def test_it_speaks_both_languages(self, clock):
        a_synced_token(START, name="Shops", expires_at=YEAR)
        clock.shift(DAY)
        assert the("no_sync").sentence == "“Shops” has not been synced for 1 day."
        with override("fr"):
            assert the("no_sync").sentence == typeset("« Shops » n'a pas été synchronisé depuis 1 jour.")


class TestSyncFailed:
    def test_the_last_sync_that_ended_decides(self, clock):
        token = a_synced_token(START, name="Shops")
        an_ended_run(token, SyncStatus.DONE, START - timedelta(hours=2))
        assert holding("sync_failed") == []
        failed = an_ended_run(
            token,
            SyncStatus.FAILED,
            START - timedelta(hours=1),
            trouble_sentence="Apple answered with an error (%(status)s): %(body)s",
            trouble_advice="Try again later; if it stays, ask Apple's support and name this answer.",
            trouble_details={"status": 418, "body": "tea"},
        )
        a_run(token)  # the next one waits, and tells nothing yet
        warning = the("sync_failed")
        assert warning.severity == Severity.WARNING
        said = "The last sync of “Shops” failed. Apple answered with an error (418): tea"
        assert (warning.sentence, warning.link) == (said, f"/syncs/{failed.pk}/")
        assert warning.remedy.startswith("Try again later")
        an_ended_run(token, SyncStatus.DONE, START)
        assert holding("sync_failed") == []

    def test_a_sync_whose_time_ran_out_goes_on_and_has_not_come_to_an_end(self, clock):
        """SYNC-6: so nothing is over yet, and nothing has failed."""
        token, other = a_synced_token(START, name="Shops"), a_synced_token(START)
        an_ended_run(token, SyncStatus.FAILED, START - timedelta(hours=2))
        an_ended_run(other, SyncStatus.DONE, START - timedelta(hours=2))
        for ago in (60, 30, 0):
            for one in (token, other):
                an_ended_run(one, SyncStatus.TIMED_OUT, START - timedelta(minutes=ago))
        assert the("sync_failed").token == token
        an_ended_run(token, SyncStatus.DONE, START + SECOND)
        assert holding("sync_failed") == []

    @pytest.mark.parametrize(
        "trouble",
        [
            {"rejected_at": START},
            {"terms_since": START},
            {"expires_at": START},
            {"verified_at": None},
        ],
    )
    def test_what_has_a_warning_of_its_own_is_not_told_twice(self, clock, trouble):
        token = a_synced_token(START)
        an_ended_run(token, SyncStatus.FAILED, START)
        assert conditions() == ["sync_failed"]
        Token.objects.update(**trouble)
        assert holding("sync_failed") == []
        assert len(conditions()) == 1

    def test_each_token_is_looked_at_by_itself(self, clock):
        well, ill = a_synced_token(START, name="Well"), a_synced_token(START, name="Ill")
        an_ended_run(well, SyncStatus.FAILED, START - timedelta(hours=2))
        an_ended_run(well, SyncStatus.DONE, START - timedelta(hours=1))
        an_ended_run(ill, SyncStatus.DONE, START - timedelta(hours=2))
        an_ended_run(ill, SyncStatus.FAILED, START - timedelta(hours=1))
        assert the("sync_failed").token == ill

    def test_it_stays_the_same_warning_when_it_fails_again(self, clock):
        token = a_synced_token(START)
        an_ended_run(token, SyncStatus.FAILED, START - timedelta(hours=1))
        before = the("sync_failed")
        an_ended_run(token, SyncStatus.FAILED, START)
        assert the("sync_failed").key == before.key
        assert the("sync_failed").link != before.link

    def test_it_speaks_french(self, clock):
        an_ended_run(a_synced_token(START, name="Boutiques"), SyncStatus.FAILED, START)
        with override("fr"):
            assert the("sync_failed").sentence == typeset("La dernière synchronisation de « Boutiques » a échoué.")
            assert the("sync_failed").remedy.startswith("Une nouvelle tentative")
        assert SyncRun.objects.count() == 1
