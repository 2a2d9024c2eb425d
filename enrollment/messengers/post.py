"""One HTTPS POST to an address that somebody typed, which may lead nowhere it should not."""

import os
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from enrollment.http import NoRedirects, seconds_to_wait
from enrollment.messengers.addresses import Address, Network, address_of, is_within, may_reach
from enrollment.messengers.errors import (
    CutOff,
    NameUnknown,
    NoAddress,
    NobodyAnswers,
    NotAllowed,
    NotDelivered,
    NotEncrypted,
    NotTrusted,
    TooSlow,
    error_for,
)

TIMEOUT = (5.0, 10.0)  # seconds to connect, and to wait for the answer
LONGEST = 20.0  # seconds in all, however slowly it is answered
ANSWER_BYTES = 2048  # of an answer that says no
ADDRESSES = 3  # of one name
PORTS = {"https": 443, "http": 80}
_PATH = re.compile(r"[!-~]*")  # what may stand in a request line
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%\w+)?")


@dataclass(frozen=True)
class Target:
    """An address in its parts, the name as the network writes it."""

    scheme: str
    host: str
    port: int
    path: str
    auth: tuple[str, str] | None = None

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def target_of(url: str, allowed: Sequence[Network] = ()) -> Target:
    """The parts of an address; NotDelivered at what could never be sent to, without asking anybody."""
    try:
        parts = urlsplit(url.strip())
        scheme, host = parts.scheme, (parts.hostname or "").encode("idna").decode()
        port = parts.port or PORTS[scheme]
    except (ValueError, KeyError):
        raise NoAddress from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(path):
        raise NoAddress
    if scheme == "http" and not allowed:
        raise NotEncrypted
    if (ip := _literal(host)) is not None:
        _check(ip, scheme, host, allowed)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Target(scheme, host, port, path, auth)


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[Network] = ()) -> None:
    """Send it; NotDelivered unless the receiver says that it took it.

    No redirect is followed, no proxy of the environment asked, and the connection goes to an address that was looked
    at: the name is not asked a second time, when it might mean another one.
    """
    target = target_of(url, allowed)
    addresses = _addresses(target, allowed)
    for place, address in enumerate(addresses):
        try:
            return _send(target, address, body, headers)
        except NobodyAnswers:
            if place == len(addresses) - 1:
                raise
    raise NobodyAnswers(host=target.host)


def _literal(host: str) -> Address | None:
    try:
        return address_of(host)
    except ValueError:
        return None


def _check(ip: Address, scheme: str, host: str, allowed: Sequence[Network]) -> None:
    if not may_reach(ip, allowed):
        raise NotAllowed(host=host)
    if scheme == "http" and not is_within(ip, allowed):
        raise NotEncrypted


def _addresses(target: Target, allowed: Sequence[Network]) -> list[str]:
    """What the name means now, as far as messages may go there."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NameUnknown(host=target.host) from None
    fit: list[str] = []
    refusal: NotAllowed | NotEncrypted | None = None
    for address in dict.fromkeys(str(place[4][0]) for place in found):
        try:
            _check(address_of(address), target.scheme, target.host, allowed)
        except (NotAllowed, NotEncrypted) as error:
            refusal = error
        else:
            fit.append(address)
    if not fit:
        raise refusal or NameUnknown(host=target.host)
    return fit[:ADDRESSES]


class _Way(HTTPAdapter):
    """Speaks TLS with the name, though the connection goes to its address; `cut` ends what takes too long.

    A timeout alone is for each part of an answer: byte by byte, one would hold a worker up for days.
    """

    def __init__(self, target: Target) -> None:
        names = {"assert_hostname": target.host, "server_hostname": target.host}
        self._names = names if target.scheme == "https" else {}
        self._sockets: list[socket.socket] = []
        self.was_cut = False
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **{**more, **self._names})
        kinds = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
        self.poolmanager.pool_classes_by_scheme = {scheme: self._watched(kind) for scheme, kind in kinds.items()}

    def _watched(self, kind: Any) -> Any:
        sockets = self._sockets

        class Connection(kind.ConnectionCls):  # type: ignore[misc]
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        return type("Pool", (kind,), {"ConnectionCls": Connection})

    def cut(self) -> None:
        """From another thread: whoever waits for more gets the end of the answer."""
        self.was_cut = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _send(target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> None:
    place = f"[{address}]" if ":" in address else address
    way = _Way(target)
    with NoRedirects() as session, _at_most(LONGEST, way.cut):
        session.trust_env = False  # neither proxies nor .netrc
        session.verify = _authorities(target)
        session.mount(f"{target.scheme}://", way)
        try:
            with session.post(
                f"{target.scheme}://{place}:{target.port}{target.path}",
                data=body,
                headers={**headers, "Host": target.host_header},
                auth=target.auth,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                _understand(answer, target.host)
                return
        except requests.exceptions.SSLError:
            error: NotDelivered = NotTrusted(host=target.host)
        except (requests.exceptions.ReadTimeout, TimeoutError):
            error = TooSlow(host=target.host)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as cause:
            kind = NobodyAnswers if _nobody_heard(cause) else TooSlow if way.was_cut else CutOff
            error = kind(host=target.host)
    # Outside: the error beneath holds the request, and with it the address.
    raise error


def _authorities(target: Target) -> str | bool:
    """Who vouches for certificates: those in OpenSSL's file of the environment, for one of one's own; or the public."""
    named = os.environ.get("SSL_CERT_FILE", "")
    if named and not Path(named).is_file():
        raise NotTrusted(host=target.host)
    return named or True


@contextmanager
def _at_most(seconds: float, end: Callable[[], None]) -> Iterator[None]:
    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _nobody_heard(error: Exception) -> bool:
    """Whether the connection was never made: then another address of the same name can be asked."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, urllib3.exceptions.NewConnectionError)


def _understand(answer: requests.Response, host: str) -> None:
    """Nothing for an answer that says yes, of which nothing is read."""
    if 200 <= answer.status_code < 300:
        return
    retry_after = seconds_to_wait(answer.headers.get("Retry-After", ""))
    raise error_for(answer.status_code, _beginning(answer), host, retry_after=retry_after)


def _beginning(answer: requests.Response) -> str:
    """So much of what it says that a person can be told; no more is waited for than for the answer itself."""
    said, until = b"", time.monotonic() + TIMEOUT[1]
    try:
        for part in answer.iter_content(512):
            said += part
            if len(said) >= ANSWER_BYTES or time.monotonic() > until:
                break
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        pass  # what was said until then will do
    return said[:ANSWER_BYTES].decode("utf-8", "replace")
