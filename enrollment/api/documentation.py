"""Scripts of others draw the documentation pages: their policy allows what those need, from here alone."""

import base64
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse

# Redoc makes style elements without a word in them, which it fills by script, as every policy lets it; and one with the
# sheet of its scroll bars, which changes with the package: its page is tried in a browser.
_NO_WORD = f"'sha256-{base64.b64encode(hashlib.sha256(b'').digest()).decode()}'"
_SCROLL_BARS = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
_OWN_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF, _NO_WORD, _SCROLL_BARS],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


def with_own_policy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view under the documentation's policy."""

    @wraps(view)
    def under_it(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        # drf-spectacular opens this for sign-ins in other windows, which there are none of here.
        answer["Cross-Origin-Opener-Policy"] = "same-origin"
        return answer

    return csp(_OWN_POLICY)(under_it)
