from collections import defaultdict
from collections.abc import Iterable

from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Health, Severity
from enrollment.models.severity import health


def health_by_token(warnings: Iterable[StandingWarning]) -> dict[int, Health]:
    """How each token is by what holds for it, snoozed or not; one that is not in it is healthy."""
    severities: defaultdict[int, list[Severity]] = defaultdict(list)
    for warning in warnings:
        if warning.token:
            severities[warning.token.pk].append(warning.severity)
    return {token: health(found) for token, found in severities.items()}
