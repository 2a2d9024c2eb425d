"""Apple's Apps and Books: how many licences a location has (apple-protocols.md section 8). It only reads."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from enrollment.apple import assets, messages
from enrollment.apple.apps_and_books_errors import LicencesKeepChanging, PageUnknown, content_error
from enrollment.apple.assets import Asset, AssetPage, ClientConfig, ServiceConfig
from enrollment.apple.client import user_agent
from enrollment.apple.errors import BODY_KEPT, NotUnderstood, Unreachable
from enrollment.http import NoRedirects, seconds_to_wait

APPS_AND_BOOKS = "https://vpp.itunes.apple.com/mdm/v2/"
RESTARTS = 3  # when the licences change while they are read
MOST_PAGES = 2_000  # of several hundred each: far more than anybody owns
LARGEST_ANSWER = 32 * 1024 * 1024  # bytes
_CHUNK = 256 * 1024
# Our token or a part of it, should Apple repeat it in an answer: no word is as long.
_SECRETS = re.compile(r"[A-Za-z0-9+/=_\\-]{40,}")
_HIDDEN = "…"
_APPLES = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*\.apple\.com/[A-Za-z0-9._/-]*")
_Value = TypeVar("_Value")


class _Bearer(AuthBase):
    """Put on each request that needs it; a .netrc of this machine cannot take its place."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._text}"
        return request


class _Cookie(AuthBase):
    """The token as the App Store wants it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Cookie"] = f"itvt={self._text}"
        return request


class _Moved(Exception):
    """The licences changed between two pages."""


class AppsAndBooks:
    """One method per endpoint; AppleError when Apple says no. The content token is in no error, repr or log.

    Always asked at the given address: an answer that names others must not lead the token there. What things are
    called is told elsewhere, and asked there only when that is Apple's, too.
    """

    def __init__(
        self,
        content_token: str,
        base_url: str = APPS_AND_BOOKS,
        *,
        before_send: Callable[[], None] | None = None,
        timeout: tuple[float, float] = (10, 60),
    ) -> None:
        # A header carries ASCII; anything else is no content token, and Apple says so.
        self._secret = "".join(content_token.split()).encode("ascii", "replace").decode()
        self._base_url = base_url.rstrip("/") + "/"
        self._before_send = before_send
        self._timeout = timeout
        self._lookup = ""
        self.requests_made = 0
        self._http = NoRedirects()
        self._http.headers = requests.structures.CaseInsensitiveDict(
            {"User-Agent": user_agent(), "Accept": "application/json"}
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

    def service_config(self) -> ServiceConfig:
        """`GET service/config`: addresses and limits, asked without the token. To be kept by the caller for hours."""
        return _understood(assets.service_config(self._get(self._base_url + "service/config")), "no urls")

    def client_config(self) -> ClientConfig:
        """`GET client/config`: whose token it is. Errors: ContentTokenRefused and its kinds, …"""
        return _understood(assets.client_config(self._get_with_token("client/config")), "no location")

    def assets(self) -> Iterator[Asset]:
        """`GET assets`: all licences, each app and price once. All pages are read before the first asset is handed out.

        Errors: ContentTokenRefused and its kinds, LicencesKeepChanging, …
        """
        for _round in range(1 + RESTARTS):
            try:
                found = self._all_pages()
            except _Moved:
                continue
            yield from found.values()
            return
        raise LicencesKeepChanging

    def app_name(self, adam_id: str, *, country: str = "") -> str:
        """`contentMetadataLookup`: what the App Store calls it, "" when it does not say. For show, and optional.

        Errors: NotUnderstood when the service names no address of Apple's for it.
        """
        self._lookup = self._lookup or self._trusted(self.service_config().urls.get("contentMetadataLookup", ""))
        asked = {"version": 2, "p": "mdm-lockup", "caller": "MDM", "platform": "enterprisestore", "l": "en"}
        query = urlencode({**asked, "cc": country.lower() or "us", "id": adam_id})
        return assets.name_of(self._get(f"{self._lookup}?{query}", auth=_Cookie(self._secret)), adam_id)

    # --- How it is asked ---------------------------------------------------------------------------------------------

    def _all_pages(self) -> Mapping[object, Asset]:
        """_Moved when the pages are not of one and the same state."""
        found: dict[object, Asset] = {}
        page = self._page(0)
        version, index = page.version, 0
        found.update((one.key, one) for one in page.assets)
        while page.following is not None:
            if not index < page.following < MOST_PAGES:
                raise NotUnderstood(body="pages repeat")
            index = page.following
            page = self._later_page(index, version)
            found.update((one.key, one) for one in page.assets)
        return found

    def _later_page(self, index: int, version: str) -> AssetPage:
        try:
            page = self._page(index)
        except PageUnknown:
            raise _Moved from None  # it was there when the one before was read
        if page.version != version:
            raise _Moved
        return page

    def _page(self, index: int) -> AssetPage:
        path = "assets?" + urlencode({"pageIndex": index}) if index else "assets"
        page = _understood(assets.asset_page(self._get_with_token(path)), "no assets")
        if page.current not in (None, index):
            raise NotUnderstood(body="another page")
        return page

    def _trusted(self, url: str) -> str:
        """An address that may be given the token: of the host we ask, or another one of Apple's over https."""
        asked = urlsplit(self._base_url)
        is_apples = bool(_APPLES.fullmatch(url) and _APPLES.fullmatch(self._base_url))
        if not is_apples and not url.startswith(f"{asked.scheme}://{asked.netloc}/"):
            raise NotUnderstood(body="no address of Apple's")
        return url

    def _get_with_token(self, path: str) -> dict[str, Any]:
        return self._get(self._base_url + path, auth=_Bearer(self._secret))

    def _get(self, url: str, *, auth: AuthBase | None = None) -> dict[str, Any]:
        """The object Apple answers with. An error number is an error whatever the status: 9622 came with 200."""
        if self._before_send:
            self._before_send()
        self.requests_made += 1
        status, retry_after, content = self._answer(url, auth)
        said = _parsed(content)
        number = said.get("errorNumber") if said else None
        if status == requests.codes.ok and not number:
            if said is None:
                raise NotUnderstood(status=status, body="no JSON object")
            return said
        raise content_error(
            status, assets.number(number), self._told(said, content), retry_after=seconds_to_wait(retry_after)
        )

    def _answer(self, url: str, auth: AuthBase | None) -> tuple[int, str, bytes]:
        """Status, Retry-After and body. Unreachable without the error beneath: that one holds the request."""
        try:
            with self._http.get(
                url,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, response.headers.get("Retry-After", ""), _content(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            reason = type(error).__name__
        raise Unreachable(reason=reason)

    def _told(self, said: Mapping[str, Any] | None, content: bytes) -> str:
        """What an error keeps of the answer: never the token."""
        number = assets.number(said.get("errorNumber")) if said else None
        told = (
            f"{number} {messages.text(said.get('errorMessage'))}"
            if said and number
            else messages.text(content[: 4 * BODY_KEPT].decode("utf-8", "replace"))
        )
        return _SECRETS.sub(_HIDDEN, told.replace(self._secret or _HIDDEN, _HIDDEN)).strip()[:BODY_KEPT]


def _understood(value: _Value | None, otherwise: str) -> _Value:
    if value is None:
        raise NotUnderstood(body=otherwise)
    return value


def _content(response: requests.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(_CHUNK):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise NotUnderstood(status=response.status_code, body="too large")
        parts.append(part)
    return b"".join(parts)


def _parsed(content: bytes) -> dict[str, Any] | None:
    """None for what is no JSON object."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
