"""The demo as a real process, for tests that need the whole program."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_folder(tmp_path_factory):
    """A demo's folder that names a port for its pretend Apple: demos that start at once would look for the same."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "apple-port").write_text(str(a_free_port()))
    return folder


class Demo:
    """A demo in a folder of its own."""

    def __init__(self, folder, port, **changes):
        self.folder, self.port = folder, port
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment |= {"DEMO_DIR": str(folder), "PYTHONUNBUFFERED": "1"} | changes
        for name in ("DATA_DIR", "APPLE_URL"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port), "--devices", "60"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_for(self, words, seconds=90):
        deadline = time.monotonic() + seconds
        while words not in self.said:
            line = self.process.stdout.readline()
            self.said += line
            assert line or self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
        return self.said

    def make_key(self, person):
        """An API key of one of the demo's people, made as the README says."""
        command = [sys.executable, "manage.py", "make_api_key", person]
        environment = {**os.environ, "DATA_DIR": str(self.folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=40)
        self.said += rest
        return self.process.returncode

    def children(self):
        """Their process ids, from the kernel."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ValueError):
                    continue
                if parent == self.process.pid:
                    found.append(int(entry.name))
        return found
