"""So many requests a minute, and headers that say how many are left (API-3).

The headers are those of draft-ietf-httpapi-ratelimit-headers; Retry-After comes with the refusal.
"""

import math

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle


class RequestsPerKey(SimpleRateThrottle):
    """Of one key, or of one person's browser."""

    scope = "requests"

    def get_rate(self) -> str:
        return settings.API_RATE

    def get_cache_key(self, request: Request, view: object) -> str:
        person = request.user
        who = f"key-{person.key.pk}" if getattr(person, "key", None) else f"person-{person.pk}"
        return self.cache_format % {"scope": self.scope, "ident": who}

    def allow_request(self, request: Request, view: object) -> bool:
        request.rate = self
        return super().allow_request(request, view)

    @property
    def left(self) -> int:
        return max(0, self.num_requests - len(self.history))

    @property
    def seconds(self) -> int:
        """Until one more is free."""
        return math.ceil(self.duration - (self.now - self.history[-1])) if self.history else 0


class FailuresPerAddress(SimpleRateThrottle):
    """Of those who come with a wrong key: whoever has a right one is never kept out by others of the same address."""

    scope = "failures"

    def get_rate(self) -> str:
        return settings.API_FAILURE_RATE

    def get_cache_key(self, request: Request, view: object) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.META.get("REMOTE_ADDR", "")}


def tell_rate(request: Request, response: Response) -> None:
    """The rate limit's headers, on an answer that was counted."""
    rate = getattr(request, "rate", None)
    if rate is None:
        return
    response["RateLimit-Policy"] = f'"requests";q={rate.num_requests};w={rate.duration}'
    response["RateLimit"] = f'"requests";r={rate.left};t={rate.seconds}'
