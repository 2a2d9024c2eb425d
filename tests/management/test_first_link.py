"""The first start of a real installation prints the link that makes the first administrator."""

import os
import re
import signal
import subprocess
import sys
import time

import requests

from tests.demo import ROOT, a_free_port


def test_the_first_start_prints_the_link_and_the_page_is_there(tmp_path):
    port = a_free_port()
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path)}
    environment |= {"BASE_URL": f"http://localhost:{port}", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    try:
        link = wait_for_the_link(tmp_path / "said")
        assert link.startswith(f"http://localhost:{port}/first/")
        assert requests.get(link, timeout=10).status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)


def wait_for_the_link(file):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := re.search(r"http://\S+/first/\S+/", file.read_text()):
            return found[0]
        time.sleep(0.2)
    raise AssertionError(file.read_text())
