"""What the bell costs: `python -m tests.bench.warnings --devices 200000 --tokens 1 --database sqlite|postgres`.

Prints JSON: how long everything that holds takes to be found, by who asks; cold is with devices to be counted, as
when the clock has stopped, warm is every other page. First where every token has devices in trouble, then where all
but a few are well. In both 50 locations own 200 apps each, in few copies, as apps for a single team are.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.bench.full_database import run_on_full_database

if TYPE_CHECKING:
    from enrollment.models import Person

COLD, WARM = 5, 20
RUNS = 100  # of each token; a sync twice a day makes so many in two months
SHARE_SEEN = 10  # of how many tokens somebody narrowed to a part sees one
LOCATIONS, APPS = 50, 200


def work() -> dict[str, Any]:
    from enrollment.models import ScopeTag, Token, VppToken
    from tests.cast import a_person

    run_through_syncs()
    buy_licences()
    everywhere, somewhere = a_person("bench", "administrator"), a_person("part", "administrator")
    tag = ScopeTag.objects.create(name="Part")
    somewhere.scope_tags.add(tag)
    tag.tokens.set(list(Token.objects.all())[::SHARE_SEEN])
    tag.vpp_tokens.set(list(VppToken.objects.all())[::SHARE_SEEN])
    found = {}
    for world, change in {"in trouble": remember, "calm": calm_down}.items():
        change()
        people = {"sees everything": everywhere, "sees a part": somewhere}
        found[world] = {name: measured(person) for name, person in people.items()}
    return found


def measured(person: "Person") -> dict[str, Any]:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from enrollment.actions.warnings.current_warnings import current_warnings
    from enrollment.models import Person

    def ask() -> list[Any]:
        # As a request does: whose roles and scope are not known yet.
        return current_warnings(Person.objects.get(pk=person.pk))

    ask()
    with CaptureQueriesContext(connection) as warm:
        found = ask()
    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        ask()
    slowest = sorted(cold.captured_queries, key=lambda query: -float(query["time"]))[:3]
    return {
        "warnings": len(found),
        "queries": {"warm": len(warm), "cold": len(cold)},
        "cold_ms": milliseconds(COLD, ask, before=cache.clear),
        "warm_ms": milliseconds(WARM, ask),
        "slowest_questions_ms": {query["sql"][:90]: round(1000 * float(query["time"]), 1) for query in slowest},
    }


def milliseconds(
    times: int, ask: Callable[[], object], before: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """By the clock on the wall; `own` is what this process takes, whoever else is busy on the machine."""
    taken, own = [], []
    for _time in range(times):
        if before:
            before()
        started, worked = time.perf_counter(), time.process_time()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
        own.append(1000 * (time.process_time() - worked))
    figures = {"best": min(taken), "median": statistics.median(taken), "worst": max(taken), "own": min(own)}
    return {name: round(figure, 1) for name, figure in figures.items()}


def run_through_syncs() -> None:
    """A history of syncs; one token in a hundred failed last."""
    from django.utils import timezone

    from enrollment.models import SyncKind, SyncRun, SyncStatus, SyncTrigger, Token

    now = timezone.now()
    values = {"kind": SyncKind.DELTA, "trigger": SyncTrigger.CLOCK}
    for number, token in enumerate(Token.objects.order_by("pk")):
        runs = []
        for age in range(RUNS):
            at = now - timedelta(hours=12 * age)
            failed = age % 20 == 0 if number % 100 == 0 else age % 20 == 10
            status = SyncStatus.FAILED if failed else SyncStatus.DONE
            runs.append(SyncRun(token=token, status=status, asked_at=at, finished_at=at, **values))
        SyncRun.objects.bulk_create(runs)
    Token.objects.update(synced_at=now)
    refresh_statistics()


def buy_licences() -> None:
    """Enough of the Company Portal, and of each other app one to ten, all of which a device has of every fifth."""
    from django.utils import timezone

    from enrollment.models import Licences
    from tests.cast import a_vpp_token, some_licences

    for _location in range(LOCATIONS):
        token = a_vpp_token(read_at=timezone.now())
        some_licences(token, total=1_000, free=500, name="Company Portal")
        rows = []
        for app in range(1, APPS):
            total = 1 + app % 10
            free = 0 if app % 5 == 0 else total
            counts = {"total": total, "available": free, "assigned": total - free}
            facts = {"pricing_param": "STDQ", "product_type": "App", "name": f"App {app}", **counts}
            rows.append(Licences(vpp_token=token, adam_id=str(app), **facts))
        Licences.objects.bulk_create(rows)


def remember() -> None:
    """What the clock does each minute: every warning has its row."""
    from enrollment.actions.warnings.current_warnings import current_warnings
    from enrollment.models import Alert

    Alert.objects.all().delete()
    alerts = [
        Alert(key=one.key, condition=one.condition.id, token=one.token, vpp_token=one.vpp_token, since=one.since)
        for one in current_warnings(None)
    ]
    Alert.objects.bulk_create(alerts)
    refresh_statistics()


def calm_down() -> None:
    """All is as wanted, but in one token of a hundred."""
    from django.core.cache import cache

    from enrollment.models import Device, Token

    well = Token.objects.filter(pk__in=[pk for pk in Token.objects.values_list("pk", flat=True) if pk % 100])
    devices = Device.objects.filter(token__in=well)
    devices.exclude(released_at=None).delete()
    devices.filter(wish="nothing").update(apple_profile_status="assigned", apple_profile_uuid="0" * 32)
    devices.filter(answer__in=["throttled", "failed", "not_accessible"]).update(answer="", next_try_at=None)
    cache.clear()
    remember()


def refresh_statistics() -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
