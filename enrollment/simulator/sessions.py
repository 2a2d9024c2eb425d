"""OAuth 1.0a at the door, and the session tokens behind it (apple-protocols.md 2.1, 2.2)."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from oauthlib.common import Request
from oauthlib.oauth1.rfc5849 import signature

if TYPE_CHECKING:
    from enrollment.simulator.mdm_server import MdmServer
    from enrollment.simulator.state import World

CLOCK_SKEW = timedelta(minutes=5)
_PART = re.compile(r'(\w+)="([^"]*)"')
_REQUIRED = (
    "oauth_consumer_key",
    "oauth_token",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
    "oauth_nonce",
)


class OAuthRefused(Exception):
    """The status and body Apple answers with."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


@dataclass
class Session:
    """Whose it is, and when it was last used."""

    server: "MdmServer"
    used_at: datetime
    responses: int = 0
    superseded_at: datetime | None = None


class Sessions:
    """Who may ask. An old token lives on for a moment after its rotation."""

    GRACE = timedelta(seconds=30)

    def __init__(self, world: "World") -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._nonces: dict[tuple[str, str, str], datetime] = {}

    def open(self, server: "MdmServer") -> str:
        now = self._world.clock()
        self._forget_old(now)
        token = "O".join((str(int(now.timestamp() * 1000)), *(secrets.token_hex(28) for _ in range(3))))
        self._sessions[token] = Session(server, now)
        return token

    def _forget_old(self, now: datetime) -> None:
        for token, session in list(self._sessions.items()):
            if now - session.used_at > timedelta(days=1):
                del self._sessions[token]

    def find(self, token: str, idle: timedelta) -> tuple[Session | None, str]:
        """The session, or why not: Apple says UNAUTHORIZED of an expired one and FORBIDDEN of an unknown one."""
        session = self._sessions.get(token)
        if session is None:
            return None, "UNAUTHORIZED" if not token else "FORBIDDEN"
        now = self._world.clock()
        out_of_grace = session.superseded_at is not None and now - session.superseded_at > self.GRACE
        if now - session.used_at > idle or out_of_grace:
            del self._sessions[token]
            return None, "UNAUTHORIZED"
        session.used_at = now
        return session, ""

    def rotated(self, token: str, every: int) -> str | None:
        """A new token for every Nth response, or None."""
        session = self._sessions.get(token)
        if session is None or session.superseded_at is not None:
            return None
        session.responses += 1
        if session.responses < every:
            return None
        session.superseded_at = self._world.clock()
        return self.open(session.server)

    def check_oauth(self, authorization: str, url: str, servers: list["MdmServer"]) -> "MdmServer":
        """The server whose credentials signed the request; OAuthRefused otherwise."""
        scheme, _space, rest = authorization.partition(" ")
        said = [(name, unquote(value)) for name, value in _PART.findall(rest)]
        values = dict(said)
        complete = all(values.get(name) for name in _REQUIRED) and len(values) == len(said)
        if scheme.lower() != "oauth" or not complete or values["oauth_signature_method"] != "HMAC-SHA1":
            raise OAuthRefused(400, "oauth_problem_adviceBad Request")
        server = next(
            (one for one in servers if hmac.compare_digest(one.consumer_key, values["oauth_consumer_key"])), None
        )
        if server is None or not self._is_fresh(values):
            raise OAuthRefused(401, "oauth_problem_adviceUnauthorized")
        self._check_token(server, values, said, url)
        return server

    def _check_token(self, server: "MdmServer", values: dict[str, str], said: list[tuple[str, str]], url: str) -> None:
        if not server.access_token or not hmac.compare_digest(server.access_token, values["oauth_token"]):
            raise OAuthRefused(401, "token_rejectedUnauthorized")
        request = Request(url, http_method="GET")
        request.params = [(name, value) for name, value in said if name not in ("realm", "oauth_signature")]
        request.signature = values["oauth_signature"]
        if not signature.verify_hmac_sha1(request, server.consumer_secret, server.access_secret):
            raise OAuthRefused(401, "oauth_problem_adviceUnauthorized")
        if server.expires_at is not None and server.expires_at <= self._world.clock():
            raise OAuthRefused(401, "token_expiredUnauthorized")

    def _is_fresh(self, values: dict[str, str]) -> bool:
        """Inside the time window, and a nonce that was not used."""
        now = self._world.clock()
        try:
            at = int(values["oauth_timestamp"])
        except ValueError:
            return False
        used = (values["oauth_consumer_key"], values["oauth_timestamp"], values["oauth_nonce"])
        if abs(now.timestamp() - at) > CLOCK_SKEW.total_seconds() or used in self._nonces:
            return False
        self._nonces = {key: seen for key, seen in self._nonces.items() if now - seen < 2 * CLOCK_SKEW}
        self._nonces[used] = now
        return True
