"""Whether this process could answer a page now."""

from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from enrollment.actions.warnings.check_readiness import check_readiness
from enrollment.models import Installation

pytestmark = pytest.mark.django_db
NOBODY_THERE = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
}


def test_all_that_answers_is_ready():
    found = check_readiness()
    assert found.is_ready
    assert (found.database, found.migrations, found.cache) == (True, True, True)


def test_a_migration_that_is_missing_is_not_ready():
    last = MigrationRecorder.Migration.objects.filter(app="enrollment").order_by("name").last()
    last.delete()
    found = check_readiness()
    assert (found.is_ready, found.database, found.migrations) == (False, True, False)


def test_a_database_that_knows_more_than_this_program_is_ready():
    """The next version has migrated, and this node is still to be replaced."""
    MigrationRecorder.Migration.objects.create(app="enrollment", name="9999_from_tomorrow")
    assert check_readiness().is_ready


def test_a_cache_that_does_not_answer_is_not_ready(settings, caplog):
    settings.CACHES = NOBODY_THERE
    found = check_readiness()
    assert (found.is_ready, found.database, found.cache) == (False, True, False)
    assert "not ready" in caplog.text, "the log says why"


def test_whether_the_clock_runs_is_told_and_keeps_nobody_from_being_ready():
    assert not check_readiness().clock, "it never ran"
    Installation.note_clock(timezone.now() - timedelta(minutes=9))
    assert check_readiness().clock
    Installation.note_clock(timezone.now() - timedelta(minutes=11))
    found = check_readiness()
    assert (found.clock, found.is_ready) == (False, True)
