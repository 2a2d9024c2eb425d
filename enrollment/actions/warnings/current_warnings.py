from datetime import datetime

from django.utils import timezone

from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert, Person, Severity
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
    _remember(found, person, look.now)
    rank = {severity: -severity.rank for severity in Severity}
    return sorted(found, key=lambda warning: rank[warning.severity])


def _remember(found: list[StandingWarning], person: Person | None, now: datetime) -> None:
    """Since when they hold, as far as only the clock knows, and which are snoozed. What was snoozed is little."""
    if not found:
        return
    alerts = Alert.objects.visible_to(person).standing() if person else Alert.objects.standing()
    known = list(alerts.order_by().values_list("pk", "key", "since", "snoozed_until"))
    since = {key: at for _pk, key, at, _until in known}
    snoozes = [pk for pk, _key, _at, until in known if until]
    snoozed = {one.key: one for one in alerts.filter(pk__in=snoozes).select_related("snoozed_by")} if snoozes else {}
    for warning in found:
        key = warning.key
        warning.since = warning.since or since.get(key, now)
        warning.alert = snoozed.get(key)
        warning.is_snoozed = warning.alert is not None and warning.alert.snoozes(warning.severity, now)
