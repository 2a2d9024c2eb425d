"""The one place that opens a client for a token. All processes share the Apple session kept in the token's row."""

from django.db import connection

from enrollment.apple.apps_and_books import AppsAndBooks
from enrollment.apple.client import Client
from enrollment.apple.session import MemorySessionStore
from enrollment.apple.token_file import Credentials
from enrollment.apple.unreadable import ContentTokenUnreadable, CredentialsUnreadable
from enrollment.encryption import KeyMissing, decrypt, encrypt
from enrollment.models import Token, VppToken


class AppleAskedInsideTransaction(Exception):
    """A transaction was open when Apple was to be asked: it would hold its locks for as long as Apple takes."""


class StoredSession:
    """A token's Apple session, encrypted in its row (apple-protocols.md 2.2)."""

    def __init__(self, token: Token) -> None:
        self._rows = Token.objects.filter(pk=token.pk)

    def load(self) -> str | None:
        sealed = self._rows.values_list("sealed_session", flat=True).first()
        try:
            return decrypt(bytes(sealed)).decode() if sealed else None
        except KeyMissing:
            return None  # Apple gives another one

    def save(self, token: str | None) -> None:
        self._rows.update(sealed_session=encrypt(token.encode()) if token else None)


def _refuse_inside_transaction() -> None:
    if connection.in_atomic_block:
        raise AppleAskedInsideTransaction


def stored_credentials(token: Token) -> Credentials:
    """What is in the token's row now, whatever this process has in its hands; CredentialsUnreadable if no key fits."""
    sealed = Token.objects.values_list("sealed_credentials", flat=True).get(pk=token.pk)
    try:
        return Credentials.from_json(decrypt(bytes(sealed)).decode())
    except KeyMissing:
        raise CredentialsUnreadable from None


def connect(token: Token, *, timeout: tuple[float, float] = (10, 60)) -> Client:
    """A client that speaks as this token, with the credentials that are stored now, also when they are renewed."""
    return Client(
        token.apple_url,
        stored_credentials(token),
        StoredSession(token),
        before_send=_refuse_inside_transaction,
        reload=lambda: stored_credentials(token),
        timeout=timeout,
    )


class Apart:
    """A client for a thread that may not touch the database; what it learns of the session is kept afterwards."""

    def __init__(self, token: Token, *, timeout: tuple[float, float]) -> None:
        self._stored, self._store = StoredSession(token), MemorySessionStore()
        self._before = self._stored.load()
        self._store.save(self._before)
        self.client = Client(token.apple_url, stored_credentials(token), self._store, timeout=timeout)

    def keep(self) -> None:
        """Called where the database may be touched again."""
        if (now := self._store.load()) != self._before:
            self._stored.save(now)


def try_out(apple_url: str, credentials: Credentials, *, timeout: tuple[float, float] = (5, 15)) -> Client:
    """A client for credentials that are not a token's yet; nothing of it is kept."""
    return Client(apple_url, credentials, MemorySessionStore(), before_send=_refuse_inside_transaction, timeout=timeout)


def connect_content(token: VppToken, *, timeout: tuple[float, float] = (10, 60)) -> AppsAndBooks:
    """A client that speaks as this content token, as it is stored now; ContentTokenUnreadable when no key fits."""
    sealed = VppToken.objects.values_list("sealed_token", flat=True).get(pk=token.pk)
    try:
        text = decrypt(bytes(sealed)).decode()
    except KeyMissing:
        raise ContentTokenUnreadable from None
    return try_out_content(token.apple_url, text, timeout=timeout)


def try_out_content(apple_url: str, content_token: str, *, timeout: tuple[float, float] = (5, 15)) -> AppsAndBooks:
    """A client for a content token that is nobody's yet."""
    return AppsAndBooks(content_token, apple_url, before_send=_refuse_inside_transaction, timeout=timeout)
