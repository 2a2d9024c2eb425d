"""What Prometheus costs: `python -m tests.bench.metrics --devices 200000 --tokens 1 --database sqlite|postgres`.

Prints JSON: how long `/metrics` takes, cold with devices to be counted, as when the clock has stopped, and warm; what
of it are questions to the database, and which take longest; and how long the answer is.
"""

import json
import statistics
import time
from typing import Any

from tests.bench.full_database import run_on_full_database

TIMES = 10


def work() -> dict[str, Any]:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from enrollment.actions.access.make_api_key import make_api_key
    from tests.bench.warnings import refresh_statistics, remember, run_through_syncs
    from tests.cast import a_person

    run_through_syncs()
    remember()
    refresh_statistics()
    key = make_api_key(a_person("bench", "administrator"), name="Prometheus", by=None)
    prometheus = Client(headers={"authorization": f"Bearer {key}", "host": "localhost"})

    def ask() -> bytes:
        answer = prometheus.get("/metrics")
        assert answer.status_code == 200, answer.content
        return answer.content

    ask()
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        text = ask()
    slowest = sorted(captured.captured_queries, key=lambda query: -float(query["time"]))[:6]
    return {
        "lines": text.count(b"\n"),
        "bytes": len(text),
        "questions": len(captured),
        "questions_ms": round(1000 * sum(float(query["time"]) for query in captured.captured_queries), 1),
        "slowest_questions_ms": {query["sql"][:160]: round(1000 * float(query["time"]), 1) for query in slowest},
        "cold_ms": milliseconds(ask, before=cache.clear),
        "warm_ms": milliseconds(ask),
    }


def milliseconds(ask: Any, before: Any = lambda: None) -> dict[str, float]:
    taken = []
    for _time in range(TIMES):
        before()
        started = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
    return {"median": round(statistics.median(taken), 1), "worst": round(max(taken), 1)}


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
