from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils import timezone

from enrollment.actions.warnings.audience import Audience, Recipient
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.next_time import next_time
from enrollment.actions.warnings.take_up_alerts import take_up_alerts
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert, Delivery, Dropped

AT_ONCE = 2_000  # rows in one transaction, so that others get in


def note_warnings() -> int:
    """Remember what holds and what is over, and wish that each step is told, once; how many wishes are new (WARN-3).

    A wish is a delivery: whoever finds it sends it. Nothing is asked for each warning, or for each who is told.
    """
    warnings = current_warnings(None)
    now = timezone.now()  # not before: what has just been seen holds since then
    alerts = _remember(warnings, now)
    told = [one for one in warnings if not one.is_snoozed and (one.since or now) <= now - one.condition.patience]
    return _wish(told, alerts, now)


def _remember(warnings: Sequence[StandingWarning], now: datetime) -> dict[str, Alert]:
    """The alert of each warning; those of what is over are ended."""
    standing = {alert.key: alert for alert in Alert.objects.standing()}
    keys = {warning.key for warning in warnings}
    _end([alert.pk for key, alert in standing.items() if key not in keys], now)
    new = [warning for warning in warnings if warning.key not in standing]
    if not new:
        return standing
    again = take_up_alerts(new, now)
    Alert.objects.bulk_create(
        [_alert(warning, now) for warning in new if warning.key not in again], ignore_conflicts=True
    )
    return {alert.key: alert for alert in Alert.objects.standing()}


def _end(over: list[int], now: datetime) -> None:
    if not over:
        return
    with transaction.atomic():
        Alert.objects.standing().filter(pk__in=over).update(ended_at=now)
        waiting = Delivery.objects.waiting().filter(alert__in=over)
        waiting.update(dropped_at=now, dropped_because=Dropped.OVER)


def _alert(warning: StandingWarning, now: datetime) -> Alert:
    return Alert(
        key=warning.key,
        condition=warning.condition.id,
        token=warning.token,
        vpp_token=warning.vpp_token,
        channel=warning.channel,
        since=warning.since or now,
    )


def _wish(told: Sequence[StandingWarning], alerts: dict[str, Alert], now: datetime) -> int:
    """A delivery of each step to each who is told of it; one that was dropped, and is to be told after all, is due."""
    if not told:
        return 0
    known = _known()
    new: list[Delivery] = []
    again: dict[str, list[int]] = {}
    for alert, step, recipient in _wishes(told, alerts):
        delivery = known.get((alert.pk, step, *recipient.columns))
        if delivery is None:
            new.append(_delivery(alert, step, recipient, now))
        elif delivery[1] not in ("", Dropped.GIVEN_UP):
            again.setdefault(recipient.rhythm, []).append(delivery[0])
    for part in _portions(new):
        Delivery.objects.bulk_create(part, ignore_conflicts=True)
    for rhythm, keys in again.items():
        dropped = Delivery.objects.filter(pk__in=keys, sent_at=None).exclude(dropped_because=Dropped.GIVEN_UP)
        # Not under the name it had: a receiver that has taken the rest under it would throw this away.
        due_at = next_time(rhythm, now)
        dropped.update(dropped_at=None, dropped_because="", due_at=due_at, message=None, tries=0)
    return len(new)


def _wishes(told: Sequence[StandingWarning], alerts: dict[str, Alert]) -> Iterator[tuple[Alert, str, Recipient]]:
    audience = Audience()
    for warning in told:
        # None when somebody deleted the object in this very moment.
        if alert := alerts.get(warning.key):
            for recipient in audience.of(warning):
                yield alert, warning.step, recipient


def _known() -> dict[tuple[int, str, int | None, int | None], tuple[int, str]]:
    """The deliveries about what stands: key, and why dropped if they were."""
    rows = Delivery.objects.filter(alert__ended_at=None).order_by()
    columns = rows.values_list("alert_id", "step", "person_id", "channel_id", "pk", "dropped_because")
    return {(alert, step, person, channel): (pk, because) for alert, step, person, channel, pk, because in columns}


def _delivery(alert: Alert, step: str, recipient: Recipient, now: datetime) -> Delivery:
    person, channel = recipient.columns
    due_at = next_time(recipient.rhythm, now)
    return Delivery(alert=alert, step=step, person_id=person, channel_id=channel, created_at=now, due_at=due_at)


def _portions(rows: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part
