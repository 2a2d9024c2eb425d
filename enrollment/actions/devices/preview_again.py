from django.db import transaction

from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.models import AssignmentRule, Device, Operation, OperationKind, Person, Profile, Verdict, WishedBy


def preview_again(operation: Operation, *, by: Person | None) -> Operation:
    """A new preview of the same wish for the same devices as they are now, in place of the old one."""
    said_before = operation.devices.order_by().values_list("profile", "rule", "verdict").distinct()
    with transaction.atomic():
        choices = [choice for said in list(said_before) for choice in _choices(operation, *said)]
        newer = start_operation(
            OperationKind(operation.kind),
            choices,
            by=by,
            because=WishedBy(operation.because),
            chosen_by=operation.chosen_by,
        )
        operation.delete()
    return newer


def _choices(operation: Operation, profile_id: int | None, rule_id: int | None, verdict: str) -> list[Choice]:
    rows = operation.devices.filter(profile=profile_id, rule=rule_id, verdict=verdict)
    devices = Device.objects.filter(pk__in=rows.values("device"))
    if operation.by_id and operation.by and not operation.by.sees_everything:
        devices = devices.visible_to(operation.by)
    profile = Profile.objects.filter(pk=profile_id).first() if profile_id else None
    if operation.kind == OperationKind.ASSIGN and profile is None:
        return []  # it was deleted meanwhile
    rule = AssignmentRule.objects.filter(pk=rule_id).first() if rule_id else None
    if verdict in (Verdict.FOREIGN, Verdict.BY_PERSON, Verdict.SHADOW):
        return [Choice(devices, profile, rule, Verdict(verdict))]
    if operation.because == WishedBy.PERSON:
        return [Choice(devices, profile, rule)]
    # What a rule decided gives way to what a person has decided since.
    decided = devices.filter(wished_because=WishedBy.PERSON, wished_at__gt=operation.made_at)
    return [Choice(decided, profile, rule, Verdict.BY_PERSON), Choice(devices, profile, rule)]
