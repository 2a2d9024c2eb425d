from collections.abc import Iterable

from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.models import Alert


def name_parts(alerts: Iterable[Alert]) -> dict[str, str]:
    """What of their objects alerts are about, such as one app of a VPP token: its name, by the alert's key.

    Of two alerts of one condition and object only that tells which is which.
    """
    alerts = list(alerts)
    found: dict[str, str] = {}
    for condition in CONDITIONS:
        parts = {alert.key: alert.part for alert in alerts if alert.condition == condition.id and alert.part}
        names = condition.names_of(set(parts.values())) if parts else {}
        found |= {key: names[part] for key, part in parts.items() if part in names}
    return found
