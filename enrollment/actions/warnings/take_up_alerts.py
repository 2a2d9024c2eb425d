from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert, Delivery


def take_up_alerts(warnings: Iterable[StandingWarning], now: datetime) -> set[str]:
    """Have alerts stand again that ended too early, with what was told of them and their snooze; the keys of them.

    A warning has ended too early when it holds since before that, or holds again so soon that nobody should hear of it
    once more (WARN-3).
    """
    by_key = {warning.key: warning for warning in warnings}
    ended = list(Alert.objects.filter(key__in=by_key, ended_at__isnull=False).order_by("ended_at"))
    back_soon = [alert for alert in ended if _is_back_soon(by_key[alert.key], alert, now)]
    known = _known(back_soon, now)
    same = {alert.key: alert.pk for alert in ended if alert.pk in known or _never_ended(by_key[alert.key], alert)}
    try:
        with transaction.atomic():
            Alert.objects.filter(pk__in=same.values()).update(ended_at=None)
    except IntegrityError:
        return set()  # another clock has made a row for one of them
    return set(same)


def _never_ended(warning: StandingWarning, alert: Alert) -> bool:
    return warning.since is not None and alert.ended_at is not None and warning.since <= alert.ended_at


def _is_back_soon(warning: StandingWarning, alert: Alert, now: datetime) -> bool:
    return alert.ended_at is not None and alert.ended_at > now - warning.condition.grace


def _known(alerts: Collection[Alert], now: datetime) -> set[int]:
    """Those that somebody has heard of or has put off. The others begin anew, and their patience with them."""
    arrived = Delivery.objects.exclude(sent_at=None, reached_at=None).filter(alert__in=alerts).order_by()
    snoozed = {alert.pk for alert in alerts if alert.snoozed_until and alert.snoozed_until > now}
    return snoozed | set(arrived.values_list("alert_id", flat=True).distinct())
