"""How fast the dashboard is: `python -m tests.bench.dashboard --devices 200000 --tokens 1 --database sqlite|postgres`.

Prints JSON, in milliseconds of what the server takes: the page of a process that knows nothing yet, on a new connection
(cold), and on SQLite when the system has the database file not in memory, either (from_disk); every other page of that
minute (warm); the same for somebody who is narrowed to a scope tag, and for a program; when the clock has stopped, and
the page counts the devices itself (without_a_clock); and what each part takes, cold. The tokens have a year and a month
of syncs, two a day.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.full_database import run_on_full_database

TIMES = 20
DAYS_OF_SYNCS = 400


def work() -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    import config.wsgi  # noqa: F401 - what a server does before its first answer
    from tests.cast import a_person

    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    syncs = _fill_syncs()
    everything, a_part = a_person("bench", "administrator"), _somebody_narrowed()
    browser, other, program = Client(), Client(), Client()
    browser.force_login(everything)
    other.force_login(a_part)
    program.force_login(everything)
    return {
        "syncs": syncs,
        "queries": _queries(browser),
        "first_answer_ms": _times(lambda: browser.get("/"), 1)["p50_ms"],
        "cold": _times(lambda: browser.get("/"), before=_forget),
        "without_a_clock": _times(lambda: browser.get("/"), before=_forget_the_clock),
        "from_disk": _times(lambda: browser.get("/"), before=_forget_all) if connection.vendor == "sqlite" else None,
        "warm": _times(lambda: browser.get("/")),
        "cold_for_somebody_narrowed_to_a_tag": _times(lambda: other.get("/"), before=_forget),
        "cold_for_a_program": _times(lambda: program.get("/api/v1/dashboard/"), before=_forget),
        "parts_cold": {name: _times(part, 5, before=_forget)["p50_ms"] for name, part in _parts(everything).items()},
    }


def _parts(person: Any) -> dict[str, Callable[[], Any]]:
    from django.utils import timezone

    from enrollment.actions.dashboard.count_devices import count_devices
    from enrollment.actions.dashboard.count_licences import count_licences
    from enrollment.actions.dashboard.count_profiles import count_profiles
    from enrollment.actions.dashboard.count_syncs import count_syncs
    from enrollment.actions.dashboard.count_tokens import count_tokens
    from enrollment.actions.dashboard.dashboard import AHEAD
    from enrollment.actions.warnings.current_warnings import current_warnings
    from enrollment.actions.warnings.expiries import expiries

    warnings, devices = current_warnings(person), count_devices(person)
    return {
        "current_warnings": lambda: current_warnings(person),
        "count_devices": lambda: count_devices(person),
        "count_profiles": lambda: count_profiles(devices),
        "count_tokens": lambda: count_tokens(person, warnings),
        "count_syncs": lambda: count_syncs(person),
        "count_licences": lambda: count_licences(person),
        "expiries": lambda: expiries(person, timezone.now() + AHEAD),
    }


def _fill_syncs() -> int:
    """How many there are then; tokens expire on all days of the year, as they do."""
    from django.db import connection
    from django.utils import timezone

    from enrollment.models import SyncRun, Token

    now = timezone.now()
    tokens = list(Token.objects.order_by("pk"))
    for n, token in enumerate(tokens):
        token.expires_at, token.synced_at = now + timedelta(days=1 + n * 37 % 364), now
    Token.objects.bulk_update(tokens, ["expires_at", "synced_at"], batch_size=500)
    for day in range(DAYS_OF_SYNCS - 1, -1, -1):
        ended = [
            now - timedelta(days=day, hours=hours, minutes=n % 600) for hours in (12, 1) for n in range(len(tokens))
        ]
        SyncRun.objects.bulk_create(
            SyncRun(
                token=tokens[n % len(tokens)],
                kind="delta",
                trigger="clock",
                status="failed" if n % 50 == 7 else "done",
                asked_at=at,
                started_at=at,
                finished_at=at,
                added=n % 3,
                updated=n % 7,
            )
            for n, at in enumerate(ended)
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return SyncRun.objects.count()


def _somebody_narrowed() -> Any:
    from enrollment.models import ScopeTag, Token
    from tests.cast import a_person

    person, tag = a_person("narrowed", "administrator"), ScopeTag.objects.create(name="All of it")
    tag.tokens.set(Token.objects.all())
    person.scope_tags.add(tag)
    return person


def _forget() -> None:
    """All but what the clock counted a moment ago."""
    from enrollment.actions.devices.tally_devices import keep_tally

    keep_tally()
    _connect_anew()


def _forget_the_clock() -> None:
    from enrollment.models import KeptTally

    KeptTally.objects.all().delete()
    _connect_anew()


def _connect_anew() -> None:
    from django.core.cache import cache
    from django.db import connection

    cache.clear()
    connection.close()
    connection.ensure_connection()


def _forget_all() -> None:
    from django.db import connection

    _forget()
    connection.close()
    file = os.open(connection.settings_dict["NAME"], os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)
    _connect_anew()


def _queries(browser: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        if browser.get("/").status_code != 200:
            raise SystemExit("no page")
    return len(captured)


def _times(ask: Callable[[], Any], times: int = TIMES, before: Callable[[], None] = lambda: None) -> dict[str, float]:
    taken = []
    for _time in range(times):
        before()
        started = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
    p95 = statistics.quantiles(taken, n=20)[-1] if times > 1 else taken[0]
    return {"p50_ms": round(statistics.median(taken), 1), "p95_ms": round(p95, 1)}


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
