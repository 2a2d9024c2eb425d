"""The one command as a real process: it comes up, works without Redis and PostgreSQL, stops, and goes on."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A demo in a folder of its own."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment |= {"DEMO_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
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


def signed_in(port, name, password):
    browser = requests.Session()
    page = browser.get(f"http://localhost:{port}/accounts/login/", timeout=10).text
    secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = browser.post(
        f"http://localhost:{port}/accounts/login/",
        data={"login": name, "password": password, "csrfmiddlewaretoken": secret},
        timeout=10,
    )
    assert answer.status_code == 200
    assert "Sign out" in answer.text
    return browser


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see the parts")
def test_the_demo_comes_up_works_stops_and_goes_on(tmp_path):
    port = a_free_port()
    demo = Demo(tmp_path, port)
    try:
        said = demo.wait_for("Ready:")
        assert "orchard-admin" in said
        assert "orchard-helpdesk" in said
        browser = signed_in(port, "admin", "orchard-admin")
        assert "60 rows" in browser.get(f"http://localhost:{port}/devices/", timeout=10).text
        assert "Pretend Apple" in browser.get(f"http://localhost:{port}/", timeout=10).text

        other = Demo(tmp_path / "other", port)
        assert other.process.wait(timeout=60) == 1
        assert f"Port {port} is taken" in other.process.stdout.read()

        parts = demo.children()
        assert len(parts) == 5, "the pretend Apple, web, two workers, the clock"
        os.kill(parts[-1], signal.SIGKILL)
        demo.wait_for("is started again")

        assert demo.stop() == 0
        assert "Stopped." in demo.said
        assert not any(Path(f"/proc/{pid}").exists() for pid in parts)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://localhost:{port}/", timeout=5)
    finally:
        demo.process.kill()

    again = Demo(tmp_path, port)
    try:
        again.wait_for("Ready:")
        browser = signed_in(port, "helpdesk", "orchard-helpdesk")
        assert "60 rows" in browser.get(f"http://localhost:{port}/devices/", timeout=10).text
        assert again.stop() == 0
    finally:
        again.process.kill()
