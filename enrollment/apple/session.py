"""OAuth 1.0a for the session, and the session for everything else (apple-protocols.md 2.1 and 2.2)."""

from typing import Protocol

from oauthlib.oauth1 import Client as OAuth

from enrollment.apple.token_file import Credentials

REALM = "ADM"


class SessionStore(Protocol):
    """Where the session lives between calls: shared by all processes that speak for a token."""

    def load(self) -> str | None: ...

    def save(self, token: str | None) -> None: ...


class MemorySessionStore:
    """A session for one process alone."""

    def __init__(self) -> None:
        self._token: str | None = None

    def load(self) -> str | None:
        return self._token

    def save(self, token: str | None) -> None:
        self._token = token


def authorization(url: str, credentials: Credentials, *, timestamp: str | None = None, nonce: str | None = None) -> str:
    """The Authorization header of GET /session: HMAC-SHA1, no body, realm not signed."""
    oauth = OAuth(
        credentials.consumer_key,
        client_secret=credentials.consumer_secret,
        resource_owner_key=credentials.access_token,
        resource_owner_secret=credentials.access_secret,
        realm=REALM,
        timestamp=timestamp,
        nonce=nonce,
    )
    _url, headers, _body = oauth.sign(url, "GET")
    return str(headers["Authorization"])
