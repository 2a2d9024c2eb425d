"""How fast the pretend Apple is: `python -m tests.bench.simulator --devices 200000` prints JSON.

A raw client asks for pages of 1,000 twice over, and parses nothing but the cursor.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from enrollment.apple.session import authorization
from enrollment.apple.token_file import Credentials
from tests.bench.machine import machine

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200_000)
    devices = parser.parse_args().devices
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        keys = Path(folder) / "keys.json"
        command = [sys.executable, "manage.py", "apple_simulator", "--port", "0", "--devices", str(devices)]
        apple = subprocess.Popen([*command, "--tokens-out", str(keys)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            url = apple.stdout.readline().split()[3].rstrip(",")
            scenarios = [measure(name, url, keys.read_text()) for name in ("first_fetch", "second_fetch")]
        finally:
            apple.terminate()
            apple.wait()
    print(json.dumps({"machine": machine(), "scenarios": scenarios}))


def measure(name: str, url: str, keys: str) -> dict[str, object]:
    session = requests.Session()
    session.headers.update({"User-Agent": "Bench/1", "X-Server-Protocol-Version": "10"})
    headers = {"Authorization": authorization(f"{url}/session", Credentials.from_json(keys))}
    session.headers["X-ADM-Auth-Session"] = session.get(f"{url}/session", headers=headers, timeout=60).json()[
        "auth_session_token"
    ]
    started, pages, size, cursor = time.perf_counter(), 0, 0, None
    while True:
        body = {"limit": 1000, **({"cursor": cursor} if cursor else {})}
        answer = session.post(f"{url}/server/devices", json=body, timeout=60)
        session.headers["X-ADM-Auth-Session"] = answer.headers.get(
            "X-ADM-Auth-Session", session.headers["X-ADM-Auth-Session"]
        )
        content = answer.content
        pages, size = pages + 1, size + len(content)
        tail = json.loads(b"{" + content[content.rindex(b'"cursor"') :])
        cursor = tail["cursor"]
        if not tail["more_to_follow"]:
            break
    seconds = time.perf_counter() - started
    return {
        "name": name,
        "pages": pages,
        "megabytes": round(size / 1e6),
        "seconds": round(seconds, 2),
        "pages_per_second": round(pages / seconds),
    }


if __name__ == "__main__":
    main()
