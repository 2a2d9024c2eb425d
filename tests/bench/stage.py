"""What the benches stand on: a pretend Apple in a process of its own, a working process whose memory is measured."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.machine import machine

if TYPE_CHECKING:
    from enrollment.models import Token

ROOT = Path(__file__).resolve().parent.parent.parent
POSTGRES = "postgres://postgres@127.0.0.1:5432/pomona_bench"
Work = Callable[[dict[str, Any]], list[dict[str, Any]]]


def run_bench(module: str, about: str | None, work: Work) -> None:
    """The command line of a bench: start Apple and the working process, print what the latter measured."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        print(json.dumps(work(json.loads(Path(options.work).read_text()))))
        return
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        found = _run(module, options, Path(folder))
    print(json.dumps({"machine": machine(), "database": options.database, "scenarios": found}))


def _run(module: str, options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    environment = bench_environment(folder, options.database)
    credentials = folder / "credentials.json"
    command = [sys.executable, "manage.py", "apple_simulator", "--port", "0", "--devices", str(options.devices)]
    apple = subprocess.Popen(
        [*command, "--tokens-out", str(credentials)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        url = apple.stdout.readline().split()[3].rstrip(",")  # "Pretend Apple at URL, portal at …"
        task = folder / "task.json"
        task.write_text(json.dumps({"url": url, "credentials": credentials.read_text(), "devices": options.devices}))
        worker = [sys.executable, "-m", module, "--work", str(task)]
        found = subprocess.run(worker, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(found.stdout.splitlines()[-1])
    finally:
        apple.terminate()
        apple.wait()


def bench_environment(folder: Path, database: str) -> dict[str, str]:
    """A data folder and a database of their own."""
    environment = {**os.environ, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    if database == "postgres":
        _make_database()
        environment["DATABASE_URL"] = POSTGRES
    return environment


def _make_database() -> None:
    import psycopg

    with psycopg.connect("postgres://postgres@127.0.0.1:5432/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS pomona_bench")
        connection.execute("CREATE DATABASE pomona_bench")


def connect_bench_token(task: dict[str, Any]) -> "Token":
    """A verified token of the pretend Apple's one server."""
    from enrollment.apple.token_file import Credentials
    from tests.cast import a_token

    return a_token(name="Bench", held=Credentials.from_json(task["credentials"]), apple_url=task["url"])
