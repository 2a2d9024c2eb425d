"""How fast a full sync is: `python -m tests.bench.sync --devices 200000 --database sqlite|postgres` prints JSON.

The pretend Apple runs in a process of its own, and so does the syncing process whose memory is measured.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.machine import machine

ROOT = Path(__file__).resolve().parent.parent.parent
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
        print(
            json.dumps({"machine": machine(), "database": options.database, "scenarios": [run(options, Path(folder))]})
        )


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
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


def work(task: dict[str, object]) -> dict[str, object]:
    """In the syncing process: fetch alone, then the full sync."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from enrollment.actions.devices.sync_devices import sync_devices
    from enrollment.apple.token_file import Credentials
    from enrollment.connection import connect
    from enrollment.encryption import encrypt
    from enrollment.models import SyncKind, SyncRun, SyncTrigger, Token

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
    started = time.perf_counter()
    fetched, cursor = 0, None
    with connect(token) as apple:
        while True:
            page = apple.fetch_devices(cursor)
            fetched, cursor = fetched + len(page.devices), page.cursor
            if not page.more_to_follow:
                break
    fetch_only = time.perf_counter() - started

    run = SyncRun.objects.create(token=token, kind=SyncKind.FULL, trigger=SyncTrigger.FIRST)
    started = time.perf_counter()
    sync_devices(run)
    seconds = time.perf_counter() - started
    run.refresh_from_db()
    if (run.status, token.devices.count(), fetched) != ("done", task["devices"], task["devices"]):
        raise SystemExit(f"not whole: {run.status}, {token.devices.count()} stored, {fetched} fetched")
    return {
        "name": "first_full",
        "devices": fetched,
        "seconds": round(seconds, 2),
        "devices_per_second": round(fetched / seconds),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "fetch_only_seconds": round(fetch_only, 2),
    }


if __name__ == "__main__":
    main()
