"""The documentation pages have inline scripts of their own: their policy allows those, and nothing from elsewhere."""

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpResponse

_OWN_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


def with_own_policy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view under the documentation's policy."""
    return csp(_OWN_POLICY)(view)
