from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, Device, Token

AT_ONCE = 5_000


def purge_released() -> int:
    """Delete what was released long enough ago (SYNC-9, LIM-14); how many devices that were."""
    before = timezone.now() - timedelta(days=settings.RELEASED_KEPT_DAYS)
    gone = Device.objects.filter(released_at__lte=before)
    deleted = 0
    for token in Token.objects.filter(pk__in=gone.values("token_id")):
        while keys := list(gone.filter(token=token).values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                Device.objects.filter(pk__in=keys, released_at__lte=before).delete()
                AuditEntry.record("device.purged", token, by=None, count=len(keys))
            deleted += len(keys)
    return deleted
