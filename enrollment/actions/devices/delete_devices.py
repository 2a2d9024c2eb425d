from django.db import transaction

from enrollment.models import AuditEntry, Person, Token
from enrollment.models.device import DeviceQuerySet

SERIALS_TOLD = 1_000


def delete_devices(devices: DeviceQuerySet, *, by: Person | None) -> int:
    """Forget devices here; they are not erased, and come back with the next full sync while still assigned (SYNC-8)."""
    deleted = 0
    with transaction.atomic():
        for token in Token.objects.filter(pk__in=devices.order_by().values("token_id")):
            mine = devices.filter(token=token)
            serials = list(mine.order_by("serial").values_list("serial", flat=True)[: SERIALS_TOLD + 1])
            count = mine.count()
            told = serials if len(serials) <= SERIALS_TOLD else []
            AuditEntry.record("device.deleted", token, by=by, count=count, serials=told)
            mine.delete()
            deleted += count
    return deleted
