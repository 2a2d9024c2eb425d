from django.db.models import QuerySet

from enrollment.api.pages import NewestFirst
from enrollment.api.serializers.syncs import SyncRunSerializer
from enrollment.api.viewset import Reading
from enrollment.models import Permission, SyncRun


class SyncRunViewSet(Reading):
    """Syncs, the newest first."""

    queryset = SyncRun.objects.none()
    serializer_class = SyncRunSerializer
    pagination_class = NewestFirst
    needed = Permission.READ_TOKEN

    def get_queryset(self) -> QuerySet[SyncRun]:
        return SyncRun.objects.visible_to(self.request.user)
