import os
import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from enrollment.management.program import answers_from, environment, is_free, parts, wait_until_answers
from enrollment.management.sample import PEOPLE, make_people, make_sample
from enrollment.management.supervisor import Part, Supervisor

HOST = "127.0.0.1"
APPLE_PORT = 9100
# What a demo leaves in its folder; nothing else there is ever removed.
LEFT = ("pomona.sqlite3", "pomona.sqlite3-wal", "pomona.sqlite3-shm", "apple.json", "apple-port", "beat-schedule")
LEFT_FOLDERS = ("queue", "mails", "logs")


class Command(BaseCommand):
    help = "Try the whole program with a pretend Apple and sample data. Needs nothing but Python."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--devices", type=int, default=250, help="how many devices the pretend Apple starts with")
        parser.add_argument("--fresh", action="store_true", help="forget what earlier starts left")

    def handle(self, *, port: int, devices: int, fresh: bool, **_options: Any) -> None:
        data: Path = settings.DATA_DIR
        if fresh:
            _forget(data)
        if not is_free(HOST, port):
            raise CommandError(f"Port {port} is taken: stop what uses it, or choose another by --port.")
        apple_port = _apple_port(data)
        apple_url = f"http://{HOST}:{apple_port}"
        self.stdout.write("Starting the demo …")
        self.stdout.flush()
        call_command("migrate", verbosity=0, interactive=False)
        make_people()
        simulator = [
            "apple_simulator",
            "--port",
            str(apple_port),
            "--devices",
            str(devices),
            "--state",
            str(data / "apple.json"),
        ]
        apple = Part("apple", [sys.executable, str(settings.BASE_DIR / "manage.py"), *simulator])
        supervisor = Supervisor(
            [apple, *parts(host=HOST, port=port, data=data)],
            environment(
                DATA_DIR=str(data),
                APPLE_URL=apple_url,
                SHOW_MAILS="1",
                BASE_URL=os.environ.get("BASE_URL", f"http://localhost:{port}"),
            ),
            settings.BASE_DIR,
            self.stdout.write,
            logs=data / "logs",
        )
        supervisor.stop_on_signals()
        supervisor.start()
        try:
            _wait_for_our_apple(apple, apple_url, supervisor)
            self._make_ready(supervisor, port, apple_url, data)
            supervisor.watch()
        finally:
            supervisor.stop()
        self.stdout.write("Stopped. The next start goes on from here; --fresh forgets it.")

    def _make_ready(self, supervisor: Supervisor, port: int, apple_url: str, data: Path) -> None:
        def is_stopping() -> bool:
            return supervisor.is_stopping

        url = f"http://{HOST}:{port}/accounts/login/"
        if not wait_until_answers(url, seconds=60, give_up=is_stopping) and not is_stopping():
            raise CommandError(f"The demo did not come up; what happened stands in {data / 'logs'}.")
        if is_stopping():
            return
        make_sample(apple_url, seconds=20, give_up=is_stopping)
        for name, (role, password, _email) in PEOPLE.items():
            self.stdout.write(f"  {role:<15} {name} / {password}")
        self.stdout.write(f"  Pretend Apple   {apple_url}/portal")
        self.stdout.write(f"Ready: http://localhost:{port}   (Ctrl-C stops it)")
        self.stdout.flush()


def _wait_for_our_apple(apple: Part, url: str, supervisor: Supervisor) -> None:
    """Another demo that started in the same moment may have been faster at the port: its Apple is not ours."""
    deadline = time.monotonic() + 60
    while not supervisor.is_stopping and apple.process is not None and answers_from(url) != apple.process.pid:
        if apple.process.poll() is not None or time.monotonic() > deadline:
            raise CommandError(f"The pretend Apple could not start at {url}: start the demo again with --fresh.")
        time.sleep(0.1)


def _forget(data: Path) -> None:
    for name in LEFT:
        (data / name).unlink(missing_ok=True)
    for name in LEFT_FOLDERS:
        shutil.rmtree(data / name, ignore_errors=True)
    for name in ("messages", "control"):
        (data / "queue" / name).mkdir(parents=True, exist_ok=True)


def _apple_port(data: Path) -> int:
    """Tokens remember their Apple's address, so it stays the same between starts."""
    file = data / "apple-port"
    if file.exists():
        port = int(file.read_text())
        if not is_free(HOST, port):
            raise CommandError(
                f"Port {port}, where the pretend Apple was before, is taken: stop what uses it, or start with --fresh."
            )
        return port
    port = next((one for one in range(APPLE_PORT, APPLE_PORT + 100) if is_free(HOST, one)), 0)
    if not port:
        raise CommandError(f"The pretend Apple finds no free port from {APPLE_PORT} on.")
    file.write_text(str(port))
    return port
