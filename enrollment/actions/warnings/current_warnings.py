from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert, Person
from enrollment.permissions import may


def current_warnings(person: Person | None) -> list[StandingWarning]:
    """What holds now among what the person sees and may read, the worst first; None is the clock, which sees all.

    Snoozed ones are among them, and say so.
    """
    look = Look(person, timezone.now())
    found = [
        warning
        for condition in CONDITIONS
        if person is None or may(person, condition.needed)
        for warning in condition.find(look)
    ]
    known = _alerts(found)
    told = [_with_alert(warning, known.get(warning.key), look.now) for warning in found]
    return sorted(told, key=lambda warning: -warning.severity.rank)


def _alerts(found: list[StandingWarning]) -> dict[str, Alert]:
    """What was done about them. All that stand are few, and asked for at once."""
    if not found:
        return {}
    return {alert.key: alert for alert in Alert.objects.standing().select_related("snoozed_by")}


def _with_alert(warning: StandingWarning, alert: Alert | None, now: datetime) -> StandingWarning:
    if alert is None:
        return replace(warning, since=warning.since or now)
    snoozed = alert.snoozes(warning.severity, now)
    return replace(warning, alert=alert, is_snoozed=snoozed, since=warning.since or alert.since)
