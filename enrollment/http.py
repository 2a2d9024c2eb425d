"""How we ask anybody outside by HTTP, be it Apple or a receiver of messages. It knows neither Django nor tables."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests


class NoRedirects(requests.Session):
    """Nobody leads us elsewhere: a redirect is an answer like any other.

    `allow_redirects=False` is not enough: requests still works out where it would lead, stumbles over what is no
    address, and reads and unpacks the whole body for it, however large and whatever bound the caller keeps to.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def seconds_to_wait(said: str) -> int | None:
    """Retry-After as a number of seconds, also when it is a time of day (RFC 9110)."""
    if said.isdecimal():
        return int(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, round((aware - datetime.now(UTC)).total_seconds()))
