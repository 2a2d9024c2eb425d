"""Apple's device assignment service: one method per endpoint, values in and out (apple-protocols.md 2 and 3)."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import requests
import urllib3

from enrollment.apple import messages
from enrollment.apple.errors import AppleError, NotUnderstood, SessionRefused, Unreachable, error_for
from enrollment.apple.messages import (
    Account,
    AssignResult,
    Defined,
    DevicePage,
    DeviceRecord,
    Replacement,
    SerialResult,
)
from enrollment.apple.session import SessionStore, authorization
from enrollment.apple.token_file import Credentials
from enrollment.http import NoRedirects, seconds_to_wait

PROTOCOL_VERSION = "10"
JSON = "application/json;charset=UTF8"
PAGE = 1_000  # devices; Apple's maximum
SERIALS_PER_CALL = 1_000  # LIM-19
LARGEST_ANSWER = 64 * 1024 * 1024  # bytes
_CHUNK = 256 * 1024
_SESSION_HEADER = "X-ADM-Auth-Session"


@cache
def user_agent() -> str:
    """Apple refuses the names of libraries (2.3). What is installed is looked up once: it takes a millisecond."""
    try:
        return f"Pomona/{version('pomona')}"
    except PackageNotFoundError:
        return "Pomona/0"


class Client:
    """One method per Apple endpoint; AppleError when Apple says no.

    The session is taken from the store, renewed once when Apple refuses it, and every rotation is stored. `reload`
    tells the credentials of now, before a session is asked for with them.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        store: SessionStore,
        *,
        before_send: Callable[[], None] | None = None,
        reload: Callable[[], Credentials] | None = None,
        timeout: tuple[float, float] = (10, 60),
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._store = store
        self._before_send = before_send
        self._reload = reload
        self._timeout = timeout
        self.requests_made = 0
        self._http = NoRedirects()
        self._http.headers = requests.structures.CaseInsensitiveDict(
            {
                "User-Agent": user_agent(),
                "X-Server-Protocol-Version": PROTOCOL_VERSION,
                "Content-Type": JSON,
                "Accept": JSON,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- What can be asked -------------------------------------------------------------------------------------------

    def session(self) -> None:
        """A new session, whatever the store holds. Errors: TermsNotSigned, TokenRejected, TokenExpired, … (2.1)."""
        self._new_session()

    def account(self) -> Account:
        """`GET /account`: the server, the organisation and who made the token (3.1)."""
        return messages.account(self._object("GET", "/account"))

    def fetch_devices(self, cursor: str | None = None, *, limit: int = PAGE) -> DevicePage:
        """`POST /server/devices`: a page of everything on the server. Errors: CursorInvalid, CursorExhausted (3.2)."""
        return self._page("/server/devices", cursor, limit)

    def sync_devices(self, cursor: str, *, limit: int = PAGE) -> DevicePage:
        """`POST /devices/sync`: what changed since the cursor (7 days). Errors: CursorExpired, CursorInvalid (3.2)."""
        return self._page("/devices/sync", cursor, limit)

    def device_details(self, serials: Sequence[str]) -> dict[str, DeviceRecord | None]:
        """`POST /devices`: each device now; None for one that is not on this server. At most 1,000 (3.4)."""
        said = self._object("POST", "/devices", {"devices": _bounded(serials)}).get("devices")
        return {
            serial: messages.device({**one, "serial_number": serial})
            if isinstance(one := (said.get(serial) if isinstance(said, dict) else None), dict)
            and messages.text(one.get("response_status", "SUCCESS")).upper() == "SUCCESS"
            else None
            for serial in serials
        }

    def disown(self, serials: Sequence[str]) -> dict[str, SerialResult]:
        """`POST /devices/disown`: release from the organisation for good. At most 1,000 (3.4)."""
        return self._results("POST", "/devices/disown", {"devices": _bounded(serials)})

    def define_profile(self, payload: Mapping[str, Any], devices: Sequence[str] = ()) -> Defined:
        """`POST /profile`: Apple's immutable copy of a profile. Errors: ProfileRefused with its `field` (3.5, 4.1)."""
        said = self._object("POST", "/profile", {**payload, "devices": _bounded(devices)})
        profile_uuid = messages.uuid(said.get("profile_uuid"))
        if not profile_uuid:
            raise NotUnderstood(body="no profile_uuid")
        return Defined(profile_uuid, messages.serial_results(said.get("devices")))

    def get_profile(self, profile_uuid: str) -> dict[str, Any]:
        """`GET /profile`: Apple's copy with defaults filled in. Errors: ProfileNotFound (3.5)."""
        return self._object("GET", "/profile?" + urlencode({"profile_uuid": profile_uuid}))

    def assign_profile(self, profile_uuid: str, serials: Sequence[str]) -> AssignResult:
        """`POST /profile/devices`: a result for each serial, at most 1,000. Errors: ProfileNotFound (3.5)."""
        said = self._object("POST", "/profile/devices", {"profile_uuid": profile_uuid, "devices": _bounded(serials)})
        seconds = said.get("retry_after_seconds")
        is_number = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds >= 0
        return AssignResult(messages.serial_results(said.get("devices")), seconds if is_number else None)

    def remove_profile(self, serials: Sequence[str]) -> dict[str, SerialResult]:
        """`DELETE /profile/devices`, with a body: take the profile off. At most 1,000 (3.5)."""
        return self._results("DELETE", "/profile/devices", {"devices": _bounded(serials)})

    def activation_lock(self, serial: str, *, escrow_key: str = "", lost_message: str = "") -> str:
        """`POST /device/activationlock`: Apple's word, such as SUCCESS or DEVICE_ALREADY_LOCKED (3.6)."""
        body = {"device": serial, "escrow_key": escrow_key, "lost_message": lost_message}
        said = self._object("POST", "/device/activationlock", {name: value for name, value in body.items() if value})
        return messages.text(said.get("response_status")).upper()

    def replacement_details(self, serial: str) -> Replacement:
        """`GET /device/replacementDetails`. Errors: DeviceNotFound when it replaces nothing (3.6)."""
        said = self._object("GET", "/device/replacementDetails?" + urlencode({"device": serial}))
        return Replacement(
            messages.text(said.get("serial_number")) or serial,
            messages.text(said.get("original_device_serial_number")),
            messages.text(said.get("replacement_date")),
        )

    def beta_tokens(self) -> list[dict[str, Any]]:
        """`GET /os-beta-enrollment/tokens`: {os, title, token} each. Errors: BetasTurnedOff (3.6)."""
        said = self._object("GET", "/os-beta-enrollment/tokens").get("betaEnrollmentTokens")
        return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []

    # --- How it is asked ---------------------------------------------------------------------------------------------

    def _page(self, path: str, cursor: str | None, limit: int) -> DevicePage:
        body = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        return read_page(self._call("POST", path, json.dumps(body).encode()))

    def _results(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, SerialResult]:
        return messages.serial_results(self._object(method, path, body).get("devices"))

    def _object(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return _parsed(self._call(method, path, json.dumps(body).encode() if body is not None else None))

    def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        """The answer. A refused session is renewed once; a second refusal is a refusal (2.2)."""
        session = self._store.load() or self._new_session()
        try:
            return self._send(method, path, body, {_SESSION_HEADER: session}, session)
        except SessionRefused:
            # Another process may have renewed it while this request was under way.
            newer = self._store.load()
            session = newer if newer and newer != session else self._new_session()
        return self._send(method, path, body, {_SESSION_HEADER: session}, session)

    def _new_session(self) -> str:
        url = f"{self._base_url}/session"
        if self._reload:
            # The token may have been renewed while this client was at work (pitfall 9).
            self._credentials = self._reload()
        self._store.save(None)
        answer = self._send(
            "GET", "/session", None, {"Authorization": authorization(url, self._credentials)}, "", at_session=True
        )
        session = messages.text(_parsed(answer).get("auth_session_token"))
        if not session:
            raise NotUnderstood(body="no session")
        self._store.save(session)
        return session

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        session: str,
        *,
        at_session: bool = False,
    ) -> bytes:
        if self._before_send:
            self._before_send()
        self.requests_made += 1
        try:
            with self._http.request(
                method,
                self._base_url + path,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                self._remember_rotation(response, session)
                content = _bounded_content(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            reason = type(error).__name__
        else:
            if response.status_code == requests.codes.ok:
                return content
            raise _refusal(response, content, at_session=at_session)
        raise Unreachable(reason=reason)  # without the error beneath: that one holds the request

    def _remember_rotation(self, response: requests.Response, session: str) -> None:
        """Any answer, an error too, may carry a new session (2.2)."""
        rotated = response.headers.get(_SESSION_HEADER)
        if rotated and rotated != session:
            self._store.save(rotated)


def read_page(content: bytes) -> DevicePage:
    """The answer to a fetch or a sync. Errors: NotUnderstood."""
    said = _parsed(content)
    page = messages.device_page(said, content)
    if not page.cursor or not isinstance(said.get("devices"), list):
        raise NotUnderstood(body="no devices or no cursor")
    return page


def _refusal(response: requests.Response, content: bytes, *, at_session: bool) -> AppleError:
    return error_for(
        response.status_code,
        content[:1024].decode("utf-8", "replace"),
        retry_after=seconds_to_wait(response.headers.get("Retry-After", "")),
        at_session=at_session,
    )


def _bounded_content(response: requests.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(_CHUNK):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise NotUnderstood(status=response.status_code, body="too large")
        parts.append(part)
    return b"".join(parts)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise NotUnderstood(body="no JSON") from None
    if not isinstance(said, dict):
        raise NotUnderstood(body="no object")
    return said


def _bounded(serials: Sequence[str]) -> list[str]:
    if len(serials) > SERIALS_PER_CALL:
        raise ValueError(f"{len(serials)} serial numbers in one call; at most {SERIALS_PER_CALL} (LIM-19)")
    return list(serials)
