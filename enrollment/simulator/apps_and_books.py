"""Apple's Apps and Books API v2, the part that reads, behind WSGI (apple-protocols.md section 8)."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from enrollment.simulator.answers import Answer, Asked, as_json
from enrollment.simulator.device_assignment import HangUp
from enrollment.simulator.faults import CONTENT_REFUSALS
from enrollment.simulator.location import IssuedToken, Location
from enrollment.simulator.state import World

ROOT = "/mdm/v2"
TELLS_ITS_END = timedelta(days=15)  # before a token expires, every answer says when
URLS = {
    "getAssets": "assets",
    "associateAssets": "assets/associate",
    "disassociateAssets": "assets/disassociate",
    "revokeAssets": "assets/revoke",
    "getAssignments": "assignments",
    "clientConfig": "client/config",
    "eventStatus": "status",
    "contentMetadataLookup": "lookup",
}
LIMITS = {
    "maxAssets": 25,
    "maxSerialNumbers": 1000,
    "maxClientUserIds": 1000,
    "maxRevokeSerialNumbers": 100,
    "maxRevokeClientUserIds": 100,
    "maxUsers": 100,
    "maxNotificationLength": 512,
    "maxMdmIdLength": 100,
    "maxMdmNameLength": 100,
    "maxMdmMetadataLength": 255,
}
NOTIFICATIONS = ("ASSET_COUNT", "ASSET_MANAGEMENT", "USER_ASSOCIATED", "USER_MANAGEMENT")
# The filters of GET assets, as far as they are described: what each may say, or which count it has a border for.
CHOICES = {
    "productType": ("App", "Book"),
    "pricingParam": ("STDQ", "PLUS"),
    "revocable": ("true", "false"),
    "deviceAssignable": ("true", "false"),
}
LEAST = {"minAvailableCount": "availableCount", "minAssignedCount": "assignedCount"}
MOST = {"maxAvailableCount": "availableCount", "maxAssignedCount": "assignedCount"}
Refused = tuple[int, int, str]  # status, errorNumber, errorMessage
BAD_ARGUMENT, BAD_PAGE = CONTENT_REFUSALS["content_bad_argument"], CONTENT_REFUSALS["content_bad_page"]
# What the faults of every part of Apple are called here.
_EVERYWHERE: dict[str, Refused] = {
    "429": CONTENT_REFUSALS["content_too_many_requests"],
    "500": CONTENT_REFUSALS["content_internal_error"],
    "503": CONTENT_REFUSALS["content_unavailable"],
}


@dataclass
class Reader:
    """Who asks: a location, by one of its tokens."""

    location: Location
    token: IssuedToken


class AppsAndBooks:
    """The API below /mdm/v2. It hands out counts and assigns nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._endpoints: dict[str, Callable[[Asked, Reader], Answer]] = {
            f"{ROOT}/client/config": self._client_config,
            f"{ROOT}/assets": self._assets,
            f"{ROOT}/lookup": self._lookup,
        }

    def answer(self, asked: Asked) -> Answer:
        """HangUp when the pretended network fails."""
        self.world.calls.append((asked.method, asked.path))
        with self.world.lock:
            answer = self._fault(asked) or self._answer(asked)
        if slow := self.world.faults.take("slow", asked.path):
            time.sleep(slow.seconds)
        return self._spoil(asked, answer)

    def _answer(self, asked: Asked) -> Answer:
        endpoint = self._endpoints.get(asked.path)
        if endpoint is None and asked.path != f"{ROOT}/service/config":
            return refused(404, BAD_ARGUMENT[1], "There is no such endpoint")
        if asked.method != "GET":
            return refused(405, 9726, "Method not allowed")
        if endpoint is None:
            return self._service_config(asked)
        found = self._reader(asked)
        return endpoint(asked, found) if isinstance(found, Reader) else refused(*found)

    # --- Faults ------------------------------------------------------------------------------------------------------

    def _fault(self, asked: Asked) -> Answer | None:
        take = self.world.faults.take
        if take("hang_up", asked.path):
            raise HangUp
        for kind, said in {**_EVERYWHERE, **CONTENT_REFUSALS}.items():
            if fault := take(kind, asked.path):
                after = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
                return refused(*said, headers=after)
        return None

    def _spoil(self, asked: Asked, answer: Answer) -> Answer:
        take = self.world.faults.take
        if answer.status != 200 and take("content_errors_as_200", asked.path):
            answer.status = 200
        if isinstance(answer.body, bytes) and answer.status == 200 and take("truncated_json", asked.path):
            answer.body = answer.body[: len(answer.body) // 2]
        return answer

    # --- Who asks ----------------------------------------------------------------------------------------------------

    def _reader(self, asked: Asked) -> Reader | Refused:
        """Whose token it is, or why it is refused. The look-up wants it as a cookie."""
        _name, _equals, cookie = asked.header("Cookie").partition("itvt=")
        header = f"Bearer {cookie}" if cookie and asked.path == f"{ROOT}/lookup" else asked.header("Authorization")
        scheme, _space, text = header.partition(" ")
        if not header:
            return CONTENT_REFUSALS["content_login_required"]
        if scheme != "Bearer" or not text or text != text.strip():
            return 401, 9722, "The authorization header is malformed"
        for location in self.world.locations:
            if token := location.token(text):
                return self._why_not(token) or Reader(location, token)
        return CONTENT_REFUSALS["content_token_invalid"]

    def _why_not(self, token: IssuedToken) -> Refused | None:
        if token.is_revoked:
            return CONTENT_REFUSALS["content_token_revoked"]
        return CONTENT_REFUSALS["content_token_expired"] if token.expires_at <= self.world.clock() else None

    # --- What it says ------------------------------------------------------------------------------------------------

    def _service_config(self, asked: Asked) -> Answer:
        root = asked.url.removesuffix("service/config")
        errors = {number: message for _status, number, message in CONTENT_REFUSALS.values()}
        return as_json(
            {
                "urls": {name: root + path for name, path in URLS.items()},
                "limits": LIMITS,
                "notificationTypes": NOTIFICATIONS,
                "errorCodes": [{"errorNumber": number, "errorMessage": said} for number, said in errors.items()],
            }
        )

    def _client_config(self, _asked: Asked, reader: Reader) -> Answer:
        location = reader.location
        return as_json(
            {
                "locationName": location.name,
                "countryISO2ACode": location.country,
                "defaultPlatform": "enterprisestore",
                "uId": location.uid,
                "websiteURL": "https://business.apple.com",
                "tokenExpirationDate": _end(reader),
                "mdmInfo": location.mdm_info,
                "subscribedNotificationTypes": [],
                "notificationUrl": "",
            }
        )

    def _lookup(self, asked: Asked, reader: Reader) -> Answer:
        """The App Store's names; what it does not know is left out."""
        names = {one.adam_id: one.name for one in reader.location.licences if one.name}
        wanted = asked.query.get("id", "").split(",")
        found = {adam_id: {"id": adam_id, "name": names[adam_id]} for adam_id in wanted if adam_id in names}
        return as_json({"version": 2, "results": found})

    def _assets(self, asked: Asked, reader: Reader) -> Answer:
        query, size = asked.query, max(1, self.world.assets_per_page)
        if not all(_may_ask(name, value) for name, value in query.items()):
            return refused(*BAD_ARGUMENT)
        found = [said for one in reader.location.licences if _matches(said := one.as_apple_says(), query)]
        pages, page = max(1, -(-len(found) // size)), _number(query.get("pageIndex", "0"))
        if page is None or page >= pages:
            return refused(*BAD_PAGE)
        return as_json(
            {
                "assets": (shown := found[page * size : (page + 1) * size]),
                "currentPageIndex": page,
                "size": len(shown),
                "totalPages": pages,
                **self._place(asked, reader.location, page, pages),
                **self._near_end(reader),
            }
        )

    def _place(self, asked: Asked, location: Location, page: int, pages: int) -> dict[str, Any]:
        """What follows, and which state of the licences the page belongs to."""
        if page and self.world.faults.take("content_version_moves", asked.path):
            location.touch()
        repeats = page and self.world.faults.take("content_same_page", asked.path)
        following = page if repeats else page + 1
        return {
            **({"nextPageIndex": following} if following < pages else {}),
            "versionId": f"{location.uid}-{location.version}",
            "uId": location.uid,
        }

    def _near_end(self, reader: Reader) -> dict[str, str]:
        is_near = reader.token.expires_at - self.world.clock() <= TELLS_ITS_END
        return {"tokenExpirationDate": _end(reader)} if is_near else {}


def refused(status: int, number: int, message: str, *, headers: dict[str, str] | None = None) -> Answer:
    """As this API refuses: a number and a sentence, as JSON."""
    said = json.dumps({"errorNumber": number, "errorMessage": message}).encode()
    return Answer(status, said, headers={"Connection": "close", **(headers or {})})


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


def _may_ask(name: str, value: str) -> bool:
    """Whether there is such a parameter of GET assets, and it can say that. Whoever is ignored finds no mistake."""
    if name in CHOICES:
        return value in CHOICES[name]
    return name in ("adamId", "pageIndex") or (name in {**LEAST, **MOST} and _number(value) is not None)


def _matches(said: dict[str, Any], query: dict[str, str]) -> bool:
    """Of a query whose parameters may all be asked."""
    return (
        all(_as_asked(said[name]) == query[name] for name in ("adamId", *CHOICES) if name in query)
        and all(said[count] >= int(query[name]) for name, count in LEAST.items() if name in query)
        and all(said[count] <= int(query[name]) for name, count in MOST.items() if name in query)
    )


def _as_asked(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _end(reader: Reader) -> str:
    return reader.token.expires_at.strftime("%Y-%m-%dT%H:%M:%S+0000")
