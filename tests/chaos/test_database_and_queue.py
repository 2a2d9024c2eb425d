"""The database's connections are cut, and the queue is stopped and started: no row is lost, and the clock goes on."""

import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.chaos.installation import LEASE, ROOT, STATES, a_moment

DEVICES = 6_000


def test_a_database_that_cuts_its_connections_again_and_again(install, kills):
    peaceful = install("peaceful", DEVICES)
    if not peaceful.database.is_postgresql:
        pytest.skip("SQLite has no connections to cut")
    peaceful.run_until("synced")
    peaceful.do("want_a_profile")
    peaceful.run_until("reconciled")
    restless = install("restless", DEVICES)
    cut = cut_until(restless, kills, "synced")
    assert restless.world.pages_served <= peaceful.world.pages_served + cut
    restless.do("want_a_profile")
    cut_until(restless, kills, "reconciled")
    assert restless.do("rows") == peaceful.do("rows")


def cut_until(installation, times, done):
    """How often it was cut before it got through; in the end it is left in peace."""
    for cut in range(times):
        if STATES[done](installation.do("state")):
            return cut
        installation.cut_after(a_moment(0.6))
        installation.pass_time(LEASE)
    installation.run_until(done)
    return times


class Queue:
    """A Redis of its own, and a real worker that takes from it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._redis = self._worker = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        if self._redis:
            self._redis.kill()
            self._redis.wait()

    def start_worker(self, installation) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "short,long", "--pool", "threads"]
        with (installation.folder / "worker.txt").open("a") as log:
            self._worker = subprocess.Popen(
                [*command, "-c", "2"], cwd=ROOT, env=installation.environment, stdout=log, stderr=log
            )

    def stop_worker(self) -> None:
        if self._worker:
            self._worker.send_signal(signal.SIGKILL)
            self._worker.wait()


@pytest.fixture
def queue():
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    queue = Queue()
    yield queue
    queue.stop_worker()
    queue.stop()


def until(installation, done, seconds=60):
    deadline = time.monotonic() + seconds
    while not done(state := installation.do("state")):
        assert time.monotonic() < deadline, state
        time.sleep(0.2)
    return state


def test_a_queue_that_is_stopped_and_started(install, queue):
    peaceful = install("peaceful", DEVICES)
    peaceful.run_until("synced")
    restless = install("restless", DEVICES, REDIS_URL=queue.url)
    queue.start()
    queue.start_worker(restless)
    queue.stop()
    restless.do("ask_for_a_sync")
    assert restless.do("state")["open_runs"] == 1, "the page answered, and the wish is a row"
    queue.start()
    restless.do("minute_by_the_queue")
    until(restless, lambda state: state["received"] >= 1_000)
    queue.stop()
    state = until(restless, STATES["synced"])
    assert (state["runs"], state["last_run"]) == (1, "done"), "the work needs no queue once it is taken"
    assert restless.do("rows") == peaceful.do("rows")
    queue.start()
    restless.do("want_a_profile")
    restless.do("minute_by_the_queue")
    until(restless, lambda state: state["sent"] == state["wanted"])
