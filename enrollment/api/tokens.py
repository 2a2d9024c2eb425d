from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.devices.request_sync import SyncRefused, request_sync
from enrollment.api.problem import refusal
from enrollment.api.serializers.syncs import SyncRunSerializer
from enrollment.api.serializers.tokens import TokenSerializer
from enrollment.api.viewset import Reading
from enrollment.models import Permission, Token


class TokenViewSet(Reading):
    """Enrollment program tokens."""

    queryset = Token.objects.none()
    serializer_class = TokenSerializer
    needed = Permission.READ_TOKEN

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.visible_to(self.request.user).with_status()

    @extend_schema(request=None, responses={202: SyncRunSerializer})
    @action(detail=True, methods=["post"], needed=Permission.SYNC_DEVICE)
    def sync(self, request: Request, pk: str | None = None) -> Response:
        """Start a sync by hand; asked while one is open, the open one is the answer."""
        token = self.get_object()
        try:
            run = request_sync(token, by=request.user)
        except SyncRefused as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_sync, run.pk)
        return Response(SyncRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)
