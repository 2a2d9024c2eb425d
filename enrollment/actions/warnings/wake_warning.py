from django.db import transaction

from enrollment.actions.warnings.find_warning import find_standing
from enrollment.actions.warnings.snooze_warning import check_snooze, name_of, told_of_snooze
from enrollment.models import Alert, AuditEntry, Person

NOTHING = {
    "snoozed_at": None,
    "snoozed_until": None,
    "snoozed_by": None,
    "snooze_reason": "",
    "snoozed_severity": "",
}


def wake_warning(key: str, *, by: Person) -> None:
    """End its snooze: the bell counts it again. Who was told of this step is told the next one, and not this one again.

    One that is not snoozed stays as it is. NoSuchWarning, WarningOver.
    """
    warning = find_standing(key, by)
    check_snooze(warning, by)
    if warning.alert is None:
        return
    with transaction.atomic():
        if Alert.objects.standing().filter(pk=warning.alert.pk, snoozed_until__isnull=False).update(**NOTHING):
            AuditEntry.record(
                "warning.woken",
                warning.about or Alert,
                by=by,
                token=warning.token,
                before=told_of_snooze(warning.alert),
                warning=name_of(warning),
            )
