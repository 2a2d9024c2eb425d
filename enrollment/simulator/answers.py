"""A request and an answer, without a framework."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

JSON = "application/json;charset=UTF8"
PLAIN = "text/plain;Charset=UTF8"


@dataclass
class Asked:
    """One HTTP request."""

    environ: WSGIEnvironment

    @property
    def method(self) -> str:
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return str(self.environ["PATH_INFO"])

    @property
    def url(self) -> str:
        """What the client called: that is what it signed."""
        return f"{self.environ['wsgi.url_scheme']}://{self.header('Host')}{self.path}"

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.environ.get("QUERY_STRING", "")).items()}

    def header(self, name: str) -> str:
        key = name.upper().replace("-", "_")
        return str(self.environ.get(key if key == "CONTENT_TYPE" else f"HTTP_{key}", ""))

    def body(self) -> bytes:
        if "pomona.body" not in self.environ:
            self.environ["pomona.body"] = self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))
        return bytes(self.environ["pomona.body"])

    def json(self) -> dict[str, Any] | None:
        """The body as an object; None when it is none."""
        try:
            said = json.loads(self.body() or b"{}")
        except (ValueError, RecursionError):
            return None
        return said if isinstance(said, dict) else None


@dataclass
class Answer:
    """Status, body and headers of an answer; the body may be in parts."""

    status: int = 200
    body: bytes | list[bytes] = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        parts = [self.body] if isinstance(self.body, bytes) else self.body
        length = sum(len(part) for part in parts)
        headers = {"Content-Type": self.content_type, "Content-Length": str(length), **self.headers}
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return parts


def as_json(said: Mapping[str, Any], **headers: str) -> Answer:
    return Answer(body=json.dumps(said, separators=(",", ":")).encode(), headers=headers)


def refused(status: int, code: str = "", **headers: str) -> Answer:
    """As Apple refuses: the bare code as plain text."""
    return Answer(status, code.encode(), PLAIN, {"Connection": "close", **headers})
