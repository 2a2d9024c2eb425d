"""What stands for whoever asks, looked up once a request."""

from rest_framework.request import Request

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.token_health import health_by_token
from enrollment.models import Health


def healths(request: Request) -> dict[int, Health]:
    """How each token is by its key; one that is not in it is healthy."""
    asked = request._request  # what stays the same for all that answers it
    if not hasattr(asked, "healths"):
        asked.healths = health_by_token(current_warnings(request.user))
    return asked.healths
