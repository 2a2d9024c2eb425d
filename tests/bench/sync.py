"""How fast syncs are: `python -m tests.bench.sync --devices 200000 --database sqlite|postgres` prints JSON.

The pretend Apple runs in a process of its own, and so does the syncing process whose memory is measured.
"""

import importlib
import re
import resource
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import requests

from tests.bench.stage import connect_bench_token, run_bench

if TYPE_CHECKING:
    from enrollment.models import Token

CHANGES = 10_000


def work(task: dict[str, object]) -> list[dict[str, object]]:
    """In the syncing process: fetch alone, a first full sync, the same again, and a delta of 10,000 new devices."""
    from enrollment.models import SyncKind

    token = connect_bench_token(task)
    fetch_only = fetch(token)
    found = [measured("first_full", token, SyncKind.FULL, task["devices"])]
    found[0]["fetch_only_seconds"] = round(fetch_only, 2)
    found.append(measured("unchanged_full", token, SyncKind.FULL, task["devices"]))
    add_devices(task["url"], CHANGES)
    found.append(measured(f"delta_{CHANGES}", token, SyncKind.DELTA, CHANGES))
    if token.devices.count() != task["devices"] + CHANGES:
        raise SystemExit(f"not whole: {token.devices.count()} stored")
    return found


def fetch(token: "Token") -> float:
    """Seconds for fetching and parsing alone."""
    from enrollment.connection import connect

    started, cursor = time.perf_counter(), None
    with connect(token) as apple:
        while (page := apple.fetch_devices(cursor)).devices and page.more_to_follow:
            cursor = page.cursor
    return time.perf_counter() - started


def add_devices(url: str, count: int) -> None:
    """In the portal, on the one server it has."""
    server = re.findall(r"/portal/servers/([0-9A-F]{32})", requests.get(f"{url}/portal", timeout=60).text)[0]
    requests.post(f"{url}/portal/devices", data={"count": count, "server": server}, timeout=120).raise_for_status()


def measured(name: str, token: "Token", kind: str, devices: int) -> dict[str, object]:
    """One sync. SQLite's courtesy pauses, in which other writers get in, are counted apart as they were slept."""
    from enrollment.models import SyncRun, SyncTrigger

    module = importlib.import_module("enrollment.actions.devices.sync_devices")
    pauses = []
    module.time = SimpleNamespace(monotonic=time.monotonic, sleep=lambda s: (pauses.append(s), time.sleep(s)))

    token.refresh_from_db()
    run = SyncRun.objects.create(token=token, kind=kind, trigger=SyncTrigger.CLOCK)
    started = time.perf_counter()
    module.sync_devices(run)
    seconds = time.perf_counter() - started
    run.refresh_from_db()
    if (run.status, run.received) != ("done", devices):
        raise SystemExit(f"not whole: {run.status}, {run.received} received")
    return {
        "name": name,
        "devices": devices,
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "seconds": round(seconds, 2),
        "pauses_seconds": round(sum(pauses), 2),
        "devices_per_second": round(devices / (seconds - sum(pauses))),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    run_bench("tests.bench.sync", __doc__, work)
