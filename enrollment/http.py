"""How we ask anybody outside by HTTP, be it Apple or a receiver of messages. It knows neither Django nor tables."""

import requests


class NoRedirects(requests.Session):
    """Nobody leads us elsewhere: a redirect is an answer like any other.

    `allow_redirects=False` is not enough: requests still works out where it would lead, stumbles over what is no
    address, and reads and unpacks the whole body for it, however large and whatever bound the caller keeps to.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None
