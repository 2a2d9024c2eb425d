"""The web server's log of requests, for who turns it on: an address can hold a secret, such as a calendar's."""

from typing import Any

from gunicorn.glogging import Logger

from config.hide_secrets import without_secrets


class AccessLog(Logger):
    """Gunicorn's own, without what looks like a secret."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        """What its format strings name: addresses, headers, the environment."""
        return {
            name: without_secrets(value) if isinstance(value, str) else value
            for name, value in super().atoms(*args).items()
        }
