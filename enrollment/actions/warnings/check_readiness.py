from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as kept

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from enrollment import limits
from enrollment.models import Installation

log = structlog.get_logger(__name__)
CACHE_KEY, CACHE_SECONDS = "readiness", 60


@dataclass(frozen=True)
class Readiness:
    """What it takes to answer for this program, by name."""

    database: bool
    migrations: bool
    cache: bool
    # Told, and keeps nobody from being ready: pages go on without it, and no other web node has a better one.
    clock: bool

    @property
    def is_ready(self) -> bool:
        return self.database and self.migrations and self.cache


def check_readiness() -> Readiness:
    """Whether this process could answer a page now. It never raises; the log says what is wrong."""
    database = _holds(_database_answers)
    return Readiness(
        database=database,
        migrations=database and _holds(_is_migrated),
        cache=_holds(_cache_answers),
        clock=database and _holds(_clock_runs),
    )


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # whatever it is, no page can be answered with it
        log.warning("not ready", check=check.__name__.strip("_"), error=f"{type(error).__name__}: {error}")
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _is_migrated() -> bool:
    return _last_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@kept
def _last_migrations() -> frozenset[tuple[str, str]]:
    """Those of this program that all others come before; read from its files once."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _cache_answers() -> bool:
    cache.set(CACHE_KEY, True, CACHE_SECONDS)
    return cache.get(CACHE_KEY) is True


def _clock_runs() -> bool:
    looked_at = Installation.clock_looked_at()
    return looked_at is not None and timezone.now() - looked_at <= limits.CLOCK_MAY_PAUSE
