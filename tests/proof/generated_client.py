"""A Python client made from the schema by an off-the-shelf generator, called by the names of its operations."""

import importlib
import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import requests

PACKAGE = "pomona_client"
TEXTS = "content_type_overrides:\n  application/x-pem-file: text/plain\n  application/jsonl: text/plain\n"


def generate(base: str, folder: Path) -> None:
    """Write the package into the folder. A schema the generator has a doubt about is refused."""
    (folder / "openapi.json").write_text(requests.get(f"{base}/api/v1/schema/?format=json", timeout=30).text)
    (folder / "generator.yaml").write_text(TEXTS)
    program = Path(sys.executable).with_name("openapi-python-client")
    command = [
        *(str(program), "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", "openapi.json", "--config", "generator.yaml", "--output-path", PACKAGE),
    ]
    tools = f"{program.parent}{os.pathsep}{os.environ['PATH']}"  # it tidies up with ruff
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": tools}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Pomona:
    """The generated client with a key: `pomona.tokens_sync(7)` is what the operation of this name answers."""

    def __init__(self, base: str, key: str) -> None:
        client = importlib.import_module(f"{PACKAGE}.client")
        self.client = client.AuthenticatedClient(base_url=base, token=key, raise_on_unexpected_status=True)
        package = Path(importlib.import_module(PACKAGE).__file__ or "").parent
        self.places = {file.stem: file.parent.name for file in package.glob("api/*/*.py")}
        self.models = importlib.import_module(f"{PACKAGE}.models")
        self.types = importlib.import_module(f"{PACKAGE}.types")

    def ask(self, operation: str, *path: Any, **said: Any) -> Any:
        """The whole answer, with status and headers."""
        module = importlib.import_module(f"{PACKAGE}.api.{self.places[operation]}.{operation}")
        return module.sync_detailed(*path, client=self.client, **said)

    def __getattr__(self, operation: str) -> Any:
        def done(*path: Any, **said: Any) -> Any:
            answer = self.ask(operation, *path, **said)
            assert answer.status_code < 300, f"{operation}: {answer.status_code} {answer.content.decode()}"
            return answer.parsed

        return done

    def file(self, content: bytes, name: str) -> Any:
        return self.types.File(BytesIO(content), name, "application/octet-stream")

    def until(self, is_over: Any, operation: str, *path: Any, seconds: float) -> Any:
        """Poll the operation until its answer is so."""
        deadline = time.monotonic() + seconds
        while not is_over(answer := getattr(self, operation)(*path)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.5)
        return answer
