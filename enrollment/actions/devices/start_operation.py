from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from enrollment.actions.profiles.wish_for import TooManyDevices, check_room
from enrollment.models import (
    Device,
    Operation,
    OperationDevice,
    OperationKind,
    Person,
    Profile,
    Verdict,
)
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_verdict import verdict
from enrollment.models.insert_select import insert_select


@dataclass(frozen=True)
class Choice:
    """Devices, and the profile they are to get where one is given."""

    devices: DeviceQuerySet
    profile: Profile | None = None


def start_operation(
    kind: OperationKind,
    choices: Sequence[Choice],
    *,
    by: Person | None,
    chosen_by: str = "",
) -> Operation:
    """Write down which devices it is about and what would happen to each: the preview that is confirmed (DEV-2).

    A device in several choices counts with the first.
    """
    with transaction.atomic():
        operation = Operation.objects.create(kind=kind, by=by, key=by.key if by else None, chosen_by=chosen_by[:500])
        for choice in choices:
            _note(operation, choice)
        note_counts(operation)
    return operation


def _note(operation: Operation, choice: Choice) -> None:
    kind = OperationKind(operation.kind)
    devices = choice.devices.annotate(said=verdict(kind, choice.profile))
    same = {
        "operation": operation.pk,
        "profile": choice.profile.pk if choice.profile else None,
        "revision": choice.profile.current_id if choice.profile else None,
    }
    insert_select(OperationDevice, devices.values_list("pk", "serial", "said"), ["device", "serial", "verdict"], same)


def note_counts(operation: Operation) -> None:
    """What the rows of a preview come to: how many of each verdict, of which token, and what LIM-2 says to it."""
    rows = operation.devices.order_by()
    operation.counts = dict(rows.values_list("verdict").annotate(count=Count("*")))
    tokens = list(Device.objects.filter(pk__in=rows.values("device")).order_by().values_list("token").distinct()[:2])
    operation.token_id = tokens[0][0] if len(tokens) == 1 else None
    if trouble := too_many(operation):
        operation.trouble_sentence, operation.trouble_details = trouble.sentence, trouble.details
    operation.save()


def too_many(operation: Operation) -> TooManyDevices | None:
    """What LIM-2 says to it, if anything."""
    gets = operation.devices.filter(verdict=Verdict.GETS, profile__isnull=False).order_by()
    counts = dict(gets.values_list("profile").annotate(count=Count("*")))
    for profile in Profile.objects.filter(pk__in=counts):
        try:
            check_room(profile, counts[profile.pk])
        except TooManyDevices as error:
            return error
    return None
