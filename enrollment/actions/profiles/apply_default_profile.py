from django.db.models import QuerySet

from enrollment.actions.profiles.wish_for import wish_for
from enrollment.models import (
    AuditEntry,
    Device,
    Operation,
    OperationDevice,
    OperationStatus,
    Token,
    Verdict,
    Wish,
    WishedBy,
)
from enrollment.models.assignment import HAS_A_PROFILE
from enrollment.models.device import DeviceQuerySet


def waiting_for_a_default(token: Token) -> DeviceQuerySet:
    """Devices nothing was said about and that have no profile at Apple (DEV-5, DEV-4b)."""
    devices = Device.objects.filter(token=token, wish=Wish.NOTHING_SAID).present()
    return devices.exclude(apple_profile_status__in=HAS_A_PROFILE)


def _held_by_the_brake(token: Token) -> QuerySet[OperationDevice, int]:
    """Devices a rule has decided about, which waits for somebody's confirmation; the default is the last rule."""
    stopped = Operation.objects.filter(token=token, status=OperationStatus.PREVIEWED, is_stopped=True)
    held = OperationDevice.objects.filter(operation__in=stopped, verdict=Verdict.GETS)
    return held.values_list("device", flat=True)


def apply_default_profile(token: Token) -> int:
    """Give the default profile to the devices that appeared since it was set; how many those are."""
    token.refresh_from_db()
    if token.default_profile is None:
        return 0
    appeared = waiting_for_a_default(token).filter(appeared_at__gte=token.default_profile_since)
    appeared = appeared.exclude(pk__in=_held_by_the_brake(token))
    if not appeared.exists():
        return 0
    count = wish_for(appeared, token.default_profile, by=None, because=WishedBy.DEFAULT)
    if count:
        AuditEntry.record("profile.default_applied", token.default_profile, by=None, token=token, devices=count)
    return count
