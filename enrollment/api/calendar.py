from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.warnings.make_calendar_address import make_calendar_address
from enrollment.actions.warnings.revoke_calendar_address import revoke_calendar_address
from enrollment.api.access import refusals_told
from enrollment.api.serializers.calendar import CalendarMadeSerializer, CalendarSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import CalendarFeed


class CalendarViewSet(Viewset):
    """The secret address under which your calendar reads what expires. A key that is less than you sees none of it."""

    serializer_class = CalendarSerializer
    pagination_class = None

    @extend_schema(operation_id="me_calendar")
    def show(self, request: Request) -> Response:
        """When your address was made and last read; null where there is none. The address itself is told once."""
        me = request.user
        hidden = me.key and me.key.is_less
        feed = None if hidden else CalendarFeed.objects.filter(person=me).first()
        return Response(self.get_serializer(feed or CalendarFeed()).data)

    @extend_schema(operation_id="me_calendar_make", request=None, responses={201: CalendarMadeSerializer})
    def make(self, request: Request) -> Response:
        """Make an address, told in this answer and never again. One you had before reads nothing any more."""
        with refusals_told():
            secret = make_calendar_address(request.user)
        address = settings.BASE_URL + reverse("api-calendar-feed", args=[secret])
        answer = CalendarMadeSerializer({"address": address}).data
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="me_calendar_revoke", request=None, responses={204: None})
    def revoke(self, request: Request) -> Response:
        """Revoke it: calendars read nothing there from now on."""
        with refusals_told():
            revoke_calendar_address(request.user, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
