"""An installation of its own, in processes of its own, with a clock that can be put forward."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from enrollment.simulator import World

ROOT = Path(__file__).resolve().parents[2]
LEASE = 1.1  # minutes, until somebody else may take up what a dead worker held


class Clock:
    """The pretend Apple's clock: stands still, and is put forward together with the workers'."""

    def __init__(self, now: datetime) -> None:
        self.start, self.minutes = now, 0.0

    def __call__(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


class Died(Exception):
    """The worker did not come to its end."""


class Installation:
    """One database, one data folder, one workplace; and the world its token is of."""

    world: World

    def __init__(self, folder: Path, database: "Database", **more: str) -> None:
        self.database, self.folder = database, folder
        self.environment = database.environment(folder, **more)
        self._errors = (folder / "errors.txt").open("a")
        self._place = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.worker"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def close(self) -> None:
        self._place.stdin.close()
        self._place.wait()
        self._errors.close()

    def start(self, deed: str, **how: Any) -> int:
        """Begin a deed; the process id of who does it."""
        order = {"do": deed, "with": how, "minutes": self.clock.minutes}
        self._place.stdin.write(json.dumps(order) + "\n")
        self._place.stdin.flush()
        return self._said()["pid"]

    def wait(self) -> Any:
        """The answer; Died when it did not get so far: errors.txt in the folder tells why."""
        said = self._said()
        if said["code"] != 0:
            raise Died(said["code"])
        return said["answer"]

    def do(self, deed: str, **how: Any) -> Any:
        self.start(deed, **how)
        return self.wait()

    def kill_after(self, seconds: float, deed: str = "minute") -> bool:
        """Begin a deed and `kill -9` who does it after so long; False when it was done before."""
        pid = self.start(deed)
        timer = threading.Timer(seconds, os.kill, (pid, signal.SIGKILL))
        timer.start()
        try:
            self.wait()
        except Died:
            return True
        finally:
            timer.cancel()
        return False

    def cut_after(self, seconds: float) -> None:
        """Begin a minute and cut the database's connections after so long; whatever comes of it is over then."""
        self.start("minute")
        timer = threading.Timer(seconds, self.database.cut_connections)
        timer.start()
        with suppress(Died):
            self.wait()
        timer.join()

    def pass_time(self, minutes: float) -> None:
        self.clock.minutes += minutes
        self.world.settle_all()

    def run_until(self, done: str, minutes: tuple[float, ...] = (LEASE, 6, 16, 61, 121)) -> dict[str, Any]:
        """Let the clock's minutes pass, in longer and longer strides, until the state says so."""
        for stride in (*minutes, *minutes, *minutes):
            self.do("minute")
            state = self.do("state")
            if STATES[done](state):
                return state
            self.pass_time(stride)
        raise AssertionError(f"never {done}: {state}")

    def _said(self) -> dict[str, Any]:
        line = self._place.stdout.readline()
        if not line:
            raise AssertionError("the workplace is gone")
        return json.loads(line)


STATES = {
    "synced": lambda state: state["has_full"] and not state["open_runs"] and state["last_run"] == "done",
    "reconciled": lambda state: state["confirmed"] == state["wanted"] > 0 and not state["open_runs"],
}


class Database:
    """A database with our tables; where DATABASE_URL names a PostgreSQL, one there, else SQLite in the folder."""

    def __init__(self, name: str, template: str | Path) -> None:
        self.name, self._template = name, template
        self._url = os.environ.get("DATABASE_URL", "")

    @property
    def is_postgresql(self) -> bool:
        return self._url.startswith("postgres")

    def environment(self, folder: Path, **more: str) -> dict[str, str]:
        environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "only for tests " * 5,
            "FIELD_KEYS": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        }
        environment.pop("REDIS_URL", None)
        environment |= more
        if self.is_postgresql:
            environment["DATABASE_URL"] = urlsplit(self._url)._replace(path=f"/{self.name}").geturl()
        return environment

    def make(self, folder: Path) -> None:
        """Empty, with every table: a copy of the template, or that template itself."""
        self.drop()
        if self.is_postgresql:
            self._command(f'CREATE DATABASE "{self.name}" TEMPLATE "{self._template or "template0"}"')
        elif self._template:
            shutil.copy(self._template, folder)
        if not self._template:
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=self.environment(folder), check=True)

    def drop(self) -> None:
        if self.is_postgresql:
            self._command(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def cut_connections(self) -> None:
        self._command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def _command(self, sql: str) -> None:
        with psycopg.connect(urlsplit(self._url)._replace(path="/postgres").geturl(), autocommit=True) as connection:
            connection.execute(sql)


def a_moment(longest: float) -> float:
    """Seconds to a random moment; which ones is told by the seed that the suite prints."""
    return random.uniform(0, longest)
