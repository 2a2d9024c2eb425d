"""Issue 5: a key can be made, used with curl as the README shows, and revoked."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.demo import ROOT

BLOCKS = re.findall(r"<!-- curl -->\n```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.fixture
def say(demo, tmp_path):
    """Say lines to a shell for which the README's installation is this demo."""
    assert shutil.which("curl"), "the README speaks of curl"

    def run(*blocks):
        lines = "\n".join(f"{block}\necho '=== {number}'" for number, block in enumerate(blocks))
        lines = lines.replace("DATA_DIR=data/demo", f"DATA_DIR={demo.folder}")
        lines = lines.replace(".venv/bin/python", sys.executable).replace("localhost:8000", f"localhost:{demo.port}")
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [part.strip() for part in re.split(r"=== \d+\n", done.stdout)]

    return run


def test_a_key_is_made_used_and_revoked_as_the_readme_says(say):
    me, devices, sync, operation, profile, revoked, _rest = say(*BLOCKS)
    assert json.loads(me)["key"]["name"] == "Night job"
    first = json.loads(devices)["results"][0]
    assert first.keys() == {"id", "serial", "assignment_state"}
    assert "page_size=2" in json.loads(devices)["next"]
    assert sync == ""
    preview, _confirmed = re.findall(r"\{.*\}", operation.replace("}{", "}\n{"))
    assert json.loads(preview).keys() == {"gets", "has", "cannot", "to_type"}
    assert json.loads(profile)["settings"]["department"] == "Service desk"
    assert revoked.endswith("401")
