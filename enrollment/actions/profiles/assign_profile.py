from django.db import transaction

from enrollment.actions.profiles.wish_for import wish_for
from enrollment.models import AuditEntry, Person, Profile, WishedBy
from enrollment.models.device import DeviceQuerySet

SERIALS_TOLD = 1_000


def assign_profile(
    devices: DeviceQuerySet, profile: Profile, *, by: Person | None, because: WishedBy = WishedBy.PERSON
) -> int:
    """Want this profile for the devices that may have it; how many get it. The reconciler asks Apple."""
    with transaction.atomic():
        serials = list(devices.order_by("serial").values_list("serial", flat=True)[: SERIALS_TOLD + 1])
        count = wish_for(devices, profile, by=by, because=because)
        told = serials if len(serials) <= SERIALS_TOLD else []
        AuditEntry.record(
            "profile.assigned", profile, by=by, token=profile.token, devices=count, because=because.value, serials=told
        )
    return count
