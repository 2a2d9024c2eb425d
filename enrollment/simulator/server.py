"""The pretend Apple behind a real socket: HTTP/1.1 with connections kept alive, a thread for each."""

import io
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from wsgiref.types import WSGIApplication

from enrollment.simulator.application import make_application
from enrollment.simulator.device_assignment import HangUp
from enrollment.simulator.state import World


class _Handler(BaseHTTPRequestHandler):
    """From a socket to WSGI and back."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: "Simulator"

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        path, _mark, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        try:
            for part in self.server.application(environ, self._start):  # type: ignore[arg-type]
                self.wfile.write(part)
            self.wfile.flush()
        except HangUp:
            self.close_connection = True
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        code, _space, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
            if name.lower() == "connection" and value == "close":
                self.close_connection = True
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: requests carry secrets in their headers, and nobody reads these lines."""


class Simulator(ThreadingHTTPServer):
    """A running pretend Apple at `url`. OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world: World, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.world = world
        self.application: WSGIApplication = make_application(world)
        self.url = f"http://{host}:{self.server_address[1]}"

    def server_bind(self) -> None:
        # Without the reverse look-up of the name, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @classmethod
    @contextmanager
    def running(cls, world: World, *, host: str = "127.0.0.1", port: int = 0) -> Iterator["Simulator"]:
        """Answering in a thread of its own, as long as the block lasts."""
        with cls(world, host=host, port=port) as simulator:
            thread = threading.Thread(target=simulator.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            try:
                yield simulator
            finally:
                simulator.shutdown()
                thread.join()
