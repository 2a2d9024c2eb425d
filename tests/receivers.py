"""Who is told: a mail server and a receiver of webhooks, each answering over a real socket."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from enrollment.messengers.addresses import networks
from tests.demo import a_free_port

HERE = "127.0.0.1"


@dataclass
class Mailbox:
    """What arrived, and what is refused: an address, or whole mails by an answer such as "451 Later".

    A stalling one takes mails and never says whether it has them.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    refused_addresses: set[str] = field(default_factory=set)
    answer: str = ""
    is_stalling: bool = False
    stalled: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if address in self.refused_addresses:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.is_stalling:
            self.stalled += 1
            await asyncio.sleep(60)  # until the caller hangs up
        if self.answer:
            return self.answer
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content or b"")
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        mail.replace_header("Subject", str(mail["Subject"]).strip())  # a long one begins in its second line
        self.mails.append(mail)  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in mail["X-Envelope-To"]]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server of this installation: `mailbox.mails` is what arrived."""
    box = Mailbox()
    server = Controller(box, hostname=HERE, port=a_free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.hostname, server.port, 5
    yield box
    server.stop()


@dataclass
class Request:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]  # by their names in small letters
    body: bytes

    @property
    def json(self) -> Any:
        return loads(self.body)


class Receiver(ThreadingHTTPServer):
    """Takes webhooks. `answers` is what each next request is told (status, headers, body); after them all is well."""

    daemon_threads = True

    def __init__(self, host: str = HERE, port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.requests: list[Request] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.ok: tuple[int, dict[str, str], bytes] = (200, {}, b"ok")
        self.is_hanging = threading.Event()
        self.released = threading.Event()  # what a hanging request waits for

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def hang(self) -> None:
        """From now on nothing is answered until the end of the test."""
        self.is_hanging.set()

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.path, headers, body))
        if self.server.is_hanging.is_set():
            self.server.released.wait(60)
            return
        status, more, content = self.server.answers.pop(0) if self.server.answers else self.server.ok
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):  # who has heard enough hangs up
            self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver of webhooks at `receiver.url`, which the setting allows; `receiver.requests` is what arrived."""
    settings.WEBHOOKS_MAY_REACH = networks([f"{HERE}/32"])
    with Receiver() as running:
        yield running
