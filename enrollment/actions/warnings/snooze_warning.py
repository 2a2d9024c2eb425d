from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from enrollment.actions.warnings.find_warning import WarningOver, find_standing
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Alert, AuditEntry, Person
from enrollment.models.alert import REASON_LENGTH
from enrollment.permissions import check, check_everywhere

LONGEST_DAYS = 365
# A day that somebody chooses is a whole one.
LONGEST = timedelta(days=LONGEST_DAYS + 1)


class SnoozeRefused(Exception):
    """Something about a snooze cannot be; `field` says what."""

    def __init__(self, field: str, sentence: str, **details: Any) -> None:
        self.field, self.sentence, self.details = field, sentence, details
        super().__init__(sentence % details)


def snooze_warning(key: str, *, until: datetime, reason: str, by: Person) -> Alert:
    """Nobody is told of it until then, unless it becomes worse. NoSuchWarning, WarningOver, SnoozeRefused."""
    warning, reason = find_standing(key, by), reason.strip()
    check_snooze(warning, by)
    _check(until, reason)
    alert = keep_alert(warning)
    with transaction.atomic():
        standing = Alert.objects.standing().filter(pk=alert.pk)
        before = told_of_snooze(alert)
        if not standing.update(
            snoozed_at=timezone.now(),
            snoozed_until=until,
            snoozed_by=by,
            snooze_reason=reason,
            snoozed_severity=warning.severity,
        ):
            raise WarningOver
        AuditEntry.record(
            "warning.snoozed",
            warning.about or Alert,
            by=by,
            token=warning.token,
            before=before,
            warning=name_of(warning),
            snoozed_until=until,
            why=reason,
        )
    alert.refresh_from_db()
    return alert


def check_snooze(warning: StandingWarning, person: Person) -> None:
    """PermissionDenied unless they may do something about it; what belongs to no token is everybody's affair."""
    check(person, warning.condition.acts)
    if warning.token is None and warning.vpp_token is None:
        check_everywhere(person, warning.condition.acts)


def name_of(warning: StandingWarning) -> str:
    """For the audit log, which is read in every language: untranslated."""
    with translation.override(None):
        return str(warning.condition.label)


def told_of_snooze(alert: Alert) -> dict[str, Any]:
    """What the audit log is told of a snooze that is over or changed."""
    if alert.snoozed_until is None:
        return {}
    return {"snoozed_until": alert.snoozed_until, "why": alert.snooze_reason}


def _check(until: datetime, reason: str) -> None:
    now = timezone.now()
    if until <= now:
        raise SnoozeRefused("until", gettext_noop("Choose a time that is still to come."))
    if until > now + LONGEST:
        raise SnoozeRefused("until", gettext_noop("At most %(days)d days."), days=LONGEST_DAYS)
    if not reason:
        raise SnoozeRefused("reason", gettext_noop("Say why, for whoever finds it snoozed."))
    if len(reason) > REASON_LENGTH:
        raise SnoozeRefused("reason", gettext_noop("At most %(count)d characters."), count=REASON_LENGTH)
