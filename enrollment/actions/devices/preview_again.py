from django.db import transaction

from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.rules.preview_rules import preview_rules
from enrollment.models import (
    Device,
    Operation,
    OperationKind,
    Person,
    Profile,
    RulesAbout,
    Token,
)


def preview_again(operation: Operation, *, by: Person | None) -> Operation:
    """A new preview of the same wish for the same devices as they are now, in place of the old one.

    What rules decided is decided by them anew.
    """
    if operation.rules_about and operation.token:
        return _decide_again(operation, operation.token, by)
    profiles = operation.devices.order_by().values_list("profile", flat=True).distinct()
    with transaction.atomic():
        choices = [choice for profile_id in list(profiles) for choice in _choices(operation, profile_id)]
        newer = start_operation(OperationKind(operation.kind), choices, by=by, chosen_by=operation.chosen_by)
        operation.delete()
    return newer


def _decide_again(operation: Operation, token: Token, by: Person | None) -> Operation:
    about, until = RulesAbout(operation.rules_about), operation.rules_until
    with transaction.atomic():
        newer = preview_rules(token, about, by=by, until=until, chosen_by=operation.chosen_by)
        newer.is_stopped = operation.is_stopped
        newer.save(update_fields=["is_stopped"])
        operation.delete()
    return newer


def _choices(operation: Operation, profile_id: int | None) -> list[Choice]:
    rows = operation.devices.filter(profile=profile_id)
    devices = Device.objects.filter(pk__in=rows.values("device"))
    if operation.by_id and operation.by and not operation.by.sees_everything:
        devices = devices.visible_to(operation.by)
    profile = Profile.objects.filter(pk=profile_id).first() if profile_id else None
    if operation.kind == OperationKind.ASSIGN and profile is None:
        return []  # it was deleted meanwhile
    return [Choice(devices, profile)]
