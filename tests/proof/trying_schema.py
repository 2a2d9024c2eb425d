"""Run schemathesis against a running server, and read what it has tried."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import requests

HERE = Path(__file__).parent


@dataclass
class Tried:
    """What came of it, and by operation how often which status was answered."""

    is_well: bool
    said: str
    statuses: dict[str, Counter[int]]

    @property
    def never_done(self) -> list[str]:
        """The operations none of whose tries succeeded."""
        return sorted(name for name, found in self.statuses.items() if not any(status < 300 for status in found))

    def table(self) -> str:
        rows = (f"{name:<70} {dict(sorted(found.items()))}" for name, found in sorted(self.statuses.items()))
        return "\n".join([*rows, f"never done: {self.never_done}"])


def try_schema(base: str, key: str, folder: Path, *, seconds: int) -> Tried:
    """Everything schemathesis thinks of within the time, with this key."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{base}/api/v1/schema/?format=json", "--header", f"Authorization: Bearer {key}"),
        *("--max-time", str(seconds), "--report", "ndjson", "--report-dir", str(folder), "--no-color"),
    ]
    me = requests.get(f"{base}/api/v1/me/", headers={"Authorization": f"Bearer {key}"}, timeout=30).json()
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent.parent),
        "SCHEMATHESIS_HOOKS": "tests.proof.hooks",
        "SPARED_PERSON": str(me["id"]),
        "SPARED_KEY": str(me["key"]["id"]),
    }
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=folder)
    (report,) = folder.glob("ndjson-*")
    return Tried(done.returncode == 0, done.stdout + done.stderr, _statuses(report, _operations(base)))


def _operations(base: str) -> list[str]:
    paths = requests.get(f"{base}/api/v1/schema/?format=json", timeout=30).json()["paths"]
    return [f"{method.upper()} {path}" for path, operations in paths.items() for method in operations]


def _statuses(report: Path, operations: list[str]) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = {name: Counter() for name in operations}
    for line in report.open():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for case, interaction in recorder.get("interactions", {}).items():
            tried = recorder["cases"][case]["value"]
            name = f"{tried['method']} {tried['path']}"
            if name in found and interaction.get("response"):
                found[name][interaction["response"]["status_code"]] += 1
    return found
