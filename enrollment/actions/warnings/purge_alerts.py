from datetime import timedelta

from django.utils import timezone

from enrollment import limits
from enrollment.models import Alert

AT_ONCE = 500  # with what was told of each


def purge_alerts() -> int:
    """Forget what was over long ago, with what was told of it; how many."""
    old = Alert.objects.filter(ended_at__lt=timezone.now() - timedelta(days=limits.ALERTS_KEPT_DAYS)).order_by()
    gone = 0
    while keys := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Alert.objects.filter(pk__in=keys).delete()
        gone += len(keys)
    return gone
