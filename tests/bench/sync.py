"""How fast syncs are: `python -m tests.bench.sync --devices 200000 --database sqlite|postgres` prints JSON.

The pretend Apple runs in a process of its own, and so does the syncing process whose memory is measured.
"""

import argparse
import importlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import requests

from tests.bench.machine import machine

if TYPE_CHECKING:
    from enrollment.models import Token

ROOT = Path(__file__).resolve().parent.parent.parent
CHANGES = 10_000
POSTGRES = "postgres://postgres@127.0.0.1:5432/pomona_bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(json.dumps(work(json.loads(Path(options.work).read_text()))))
        return
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        print(json.dumps({"machine": machine(), "database": options.database, "scenarios": run(options, Path(folder))}))


def run(options: argparse.Namespace, folder: Path) -> list[dict[str, object]]:
    """Start Apple and the syncing process; what the latter measured."""
    environment = {**os.environ, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    if options.database == "postgres":
        make_database()
        environment["DATABASE_URL"] = POSTGRES
    credentials = folder / "credentials.json"
    command = [sys.executable, "manage.py", "apple_simulator", "--port", "0", "--devices", str(options.devices)]
    apple = subprocess.Popen(
        [*command, "--tokens-out", str(credentials)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        url = apple.stdout.readline().split()[3].rstrip(",")  # "Pretend Apple at URL, portal at …"
        task = folder / "task.json"
        task.write_text(json.dumps({"url": url, "credentials": credentials.read_text(), "devices": options.devices}))
        worker = [sys.executable, "-m", "tests.bench.sync", "--work", str(task)]
        found = subprocess.run(worker, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        return json.loads(found.stdout.splitlines()[-1])
    finally:
        apple.terminate()
        apple.wait()


def make_database() -> None:
    import psycopg

    with psycopg.connect("postgres://postgres@127.0.0.1:5432/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS pomona_bench")
        connection.execute("CREATE DATABASE pomona_bench")


def work(task: dict[str, object]) -> list[dict[str, object]]:
    """In the syncing process: fetch alone, a first full sync, the same again, and a delta of 10,000 new devices."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from enrollment.apple.token_file import Credentials
    from enrollment.encryption import encrypt
    from enrollment.models import SyncKind, Token

    call_command("migrate", verbosity=0, interactive=False)
    held = Credentials.from_json(task["credentials"])
    token = Token.objects.create(
        name="Bench",
        apple_id="bench@orchard.example",
        apple_url=task["url"],
        sealed_credentials=encrypt(held.to_json().encode()),
        server_mark="0" * 64,
        consumer_key_end=held.tail,
        expires_at=held.expires_at,
        verified_at=timezone.now(),
    )
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
        while (page := apple.fetch_devices(cursor)).more_to_follow:
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
    main()
