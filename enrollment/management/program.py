"""What the program consists of, for `serve` and `demo` alike."""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from enrollment.management.supervisor import Part

_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
_THREADS = 16  # an export keeps one for minutes; there are enough left for pages


def parts(*, host: str, port: int, data: Path) -> list[Part]:
    """Web, two workers (neither a sync nor a reading of licences makes short tasks wait) and the clock."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config"]
    worker = [*celery, "worker", *_QUIET, "--pool", "threads"]
    web = [
        *python,
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"{host}:{port}",
        "--worker-class",
        "gthread",
        "--threads",
        str(_THREADS),
        "--logger-class",
        "config.access_log.AccessLog",
        "--no-control-socket",  # its place is one for all installations of a user
    ]
    schedule = str(data / "beat-schedule")
    return [
        Part("web", [*web, "--workers", "1", "--graceful-timeout", "5"]),
        Part("worker-long", [*worker, "-Q", "long", "-c", "4", "-n", "long@%h"]),
        Part("worker-short", [*worker, "-Q", "short", "-c", "2", "-n", "short@%h"]),
        Part("clock", [*celery, "beat", "--loglevel", "INFO", "-s", schedule, "--pidfile="]),
    ]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment for its parts."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings", **changes}


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers_from(url: str) -> int | None:
    """The process id of the pretend Apple that answers there; None when none does."""
    try:
        with urllib.request.urlopen(f"{url}/_simulator/state", timeout=5) as answer:  # noqa: S310 - our own address
            return int(json.load(answer)["process"])
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return None


def wait_until_answers(url: str, *, seconds: float, give_up: Callable[[], bool]) -> bool:
    """Whether the page answers within the time; `give_up` is asked in between."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not give_up():
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False
