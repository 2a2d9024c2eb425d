from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.actions.warnings.take_up_alerts import take_up_alerts
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert


def keep_alert(warning: StandingWarning) -> Alert:
    """The row that remembers what is done about a warning, made when there is none. Two at once make one."""
    now, standing = timezone.now(), Alert.objects.standing().filter(key=warning.key)
    if alert := warning.alert or standing.first():
        return alert
    if take_up_alerts([warning], now):
        return standing.get()
    try:
        with transaction.atomic():
            return Alert.objects.create(
                key=warning.key,
                condition=warning.condition.id,
                token=warning.token,
                vpp_token=warning.vpp_token,
                channel=warning.channel,
                since=warning.since or now,
            )
    except IntegrityError:
        return standing.get()
