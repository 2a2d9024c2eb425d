"""The one command as a real process: it comes up, works without Redis and PostgreSQL, stops, and goes on."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.demo import ROOT, Demo, a_free_port


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


def test_serve_is_the_same_without_pretence(tmp_path):
    port = a_free_port()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("APPLE_URL", "DATABASE_URL", "REDIS_URL")
    }
    environment |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        try:
            said = ""
            while "Pomona answers" not in said:
                line = program.stdout.readline()
                assert line, said
                said += line
            page = requests.get(f"http://localhost:{port}/accounts/login/", timeout=10)
            assert page.status_code == 200
            assert "Pretend Apple" not in page.text
            assert oct((tmp_path / "secrets.json").stat().st_mode & 0o777) == "0o600"
            program.terminate()
            rest, _ = program.communicate(timeout=40)
            assert "Stopped." in rest
            assert program.returncode == 0
        finally:
            program.kill()


def test_two_demos_that_start_together_never_share_an_apple(tmp_path):
    demos = [Demo(tmp_path / str(number), a_free_port()) for number in range(2)]
    try:
        for demo in demos:
            while demo.process.poll() is None and "Ready:" not in demo.said:
                demo.said += demo.process.stdout.readline()
            if demo.process.poll() is not None:
                demo.said += demo.process.stdout.read()
        ready = [demo for demo in demos if "Ready:" in demo.said]
        apples = {re.search(r"Pretend Apple\s+(\S+)", demo.said)[1] for demo in ready}
        assert ready
        assert len(apples) == len(ready)
        for demo in demos:
            if demo not in ready:
                assert "could not start at" in demo.said
    finally:
        for demo in demos:
            if demo.process.poll() is None:
                demo.stop()
