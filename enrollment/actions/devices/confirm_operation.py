from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.devices.start_operation import too_many
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.unassign_profile import unassign_profile
from enrollment.actions.rules.decided_as_before import decided_as_before
from enrollment.models import (
    AuditEntry,
    Device,
    Operation,
    OperationDevice,
    OperationKind,
    OperationStatus,
    Person,
    Profile,
    Token,
    Verdict,
    WishedBy,
)
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_verdict import verdict
from enrollment.models.operation import ASKS_APPLE

SERIALS_TOLD = 1_000


class ChangedMeanwhile(Exception):
    """It would not do any more what was previewed; for how many devices. Nothing was done."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"{count} devices are not as they were previewed")


def confirm_operation(operation: Operation, *, by: Person | None, lost_message: str = "") -> None:
    """Do exactly what was previewed. ChangedMeanwhile when that is no longer the same, TooManyDevices; then nothing is.

    What Apple is asked for is done by run_operation; here it is handed to it. A locked device shows `lost_message`.
    """
    with transaction.atomic():
        mine = Operation.objects.filter(pk=operation.pk, status=OperationStatus.PREVIEWED)
        asks_apple = operation.kind in ASKS_APPLE
        now = timezone.now()
        confirmed = mine.update(
            status=OperationStatus.WAITING if asks_apple else OperationStatus.DONE,
            confirmed_at=now,
            confirmed_by=by,
            finished_at=None if asks_apple else now,
            is_stopped=False,
            lost_message=lost_message,
        )
        if not confirmed:
            return  # confirmed twice
        if changed := changed_meanwhile(operation, by):
            raise ChangedMeanwhile(changed)
        if trouble := too_many(operation):
            raise trouble
        if asks_apple:
            _record(operation, by)
        else:
            _write(operation, by)
        if operation.token and operation.rules_until:
            Token.objects.filter(pk=operation.token.pk).update(rules_decided_until=operation.rules_until)
    operation.refresh_from_db()


def changed_meanwhile(operation: Operation, by: Person | None) -> int:
    """How many of its devices are no longer as they were previewed, or out of the person's sight."""
    rows = operation.devices.exclude(verdict__in=(Verdict.FOREIGN, Verdict.BY_PERSON, Verdict.SHADOW))
    same, kind = 0, OperationKind(operation.kind)
    rules_of = operation.token if operation.rules_about else None
    targets = rows.order_by().values_list("profile", "revision").distinct()
    for profile_id, revision in list(targets):
        profile = Profile.objects.filter(pk=profile_id).first() if profile_id else None
        if (profile.current_id if profile else None) != revision:
            continue
        alike = rows.filter(profile=profile_id).annotate(now=verdict(kind, profile, of="device__"))
        undecided = Q(device__wished_at=None) | Q(device__wished_at__lte=operation.made_at)
        alike = alike.filter(undecided, verdict=F("now"))
        if by is not None and not by.sees_everything:
            alike = alike.filter(device__in=Device.objects.visible_to(by))
        same += (decided_as_before(alike, rules_of) if rules_of else alike).count()
    return rows.count() - same


def _write(operation: Operation, by: Person | None) -> None:
    because = WishedBy(operation.because)
    for profile in _profiles(operation):
        devices = devices_of(operation, profile)
        if profile is not None:
            assign_profile(devices, profile, by=by, because=because)
        elif operation.kind == OperationKind.UNASSIGN:
            unassign_profile(devices, by=by)
        else:
            delete_devices(devices, by=by)


def _profiles(operation: Operation) -> list[Profile | None]:
    keys = operation.devices.filter(verdict=Verdict.GETS).order_by().values_list("profile", flat=True).distinct()
    known = Profile.objects.in_bulk([key for key in keys if key])
    return [known[key] if key else None for key in keys]


def devices_of(operation: Operation, profile: Profile | None) -> DeviceQuerySet:
    """Those that get this."""
    rows = OperationDevice.objects.filter(operation=operation, verdict=Verdict.GETS, profile=profile)
    return Device.objects.filter(pk__in=rows.values("device"))


def _record(operation: Operation, by: Person | None) -> None:
    """An entry for each token: who sees one of them alone reads what happens to it."""
    action = "device.release_asked" if operation.kind == OperationKind.DISOWN else "device.lock_asked"
    rows = operation.devices.filter(verdict=Verdict.GETS)
    devices = Device.objects.filter(pk__in=rows.values("device"))
    for token in Token.objects.filter(pk__in=devices.order_by().values("token")):
        serials = rows.filter(device__token=token).values_list("serial", flat=True)
        count = serials.count()
        told = list(serials) if count <= SERIALS_TOLD else []
        AuditEntry.record(action, operation, by=by, token=token, devices=count, serials=told)
