from django.db import transaction

from enrollment.actions.profiles.assign_profile import SERIALS_TOLD
from enrollment.actions.profiles.wish_for import wish_for
from enrollment.models import AuditEntry, Person, Token
from enrollment.models.device import DeviceQuerySet


def unassign_profile(devices: DeviceQuerySet, *, by: Person | None) -> int:
    """Want no profile for these devices; how many lose theirs. One entry a token tells of it."""
    total = 0
    with transaction.atomic():
        for token in Token.objects.filter(pk__in=devices.order_by().values("token_id")):
            mine = devices.filter(token=token)
            serials = list(mine.order_by("serial").values_list("serial", flat=True)[: SERIALS_TOLD + 1])
            count = wish_for(mine, None, by=by)
            told = serials if len(serials) <= SERIALS_TOLD else []
            AuditEntry.record("profile.unassigned", token, by=by, devices=count, serials=told)
            total += count
    return total
