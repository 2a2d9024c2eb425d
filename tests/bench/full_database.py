"""A database as full as it is asked for, for benches that need no Apple."""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.machine import machine
from tests.bench.stage import bench_environment


def run_on_full_database(
    about: str | None, work: Callable[[], dict[str, Any]], databases: Sequence[str] = ("postgres", "sqlite")
) -> dict[str, Any]:
    """The command line of such a bench: fills a database of its own, and says what was measured on what."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--tokens", type=int, default=1)
    parser.add_argument("--database", choices=databases, default=databases[0])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        os.environ.pop("REDIS_URL", None)
        os.environ.pop("DATABASE_URL", None)
        os.environ |= bench_environment(Path(folder), options.database)
        _fill(options.devices, options.tokens)
        return {"machine": machine(), **vars(options), **work()}


def _fill(devices: int, tokens: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from tests.bench.fleet import fill

    fill(devices, tokens)
