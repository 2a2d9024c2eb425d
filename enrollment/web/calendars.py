from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enrollment.actions.warnings.expiries import expiries
from enrollment.actions.warnings.make_calendar_address import make_calendar_address
from enrollment.actions.warnings.revoke_calendar_address import revoke_calendar_address
from enrollment.actions.warnings.write_calendar import AHEAD
from enrollment.models import CalendarFeed

SHOWN = 10


def calendar(request: HttpRequest) -> HttpResponse:
    """One's own address, without the secret in it, and what stands in the calendar."""
    now = timezone.now()
    ahead = [expiry for expiry in expiries(request.user, now + AHEAD) if not expiry.has_expired(now)]
    values = {
        "section": "warning-list",
        "feed": CalendarFeed.objects.filter(person=request.user).first(),
        "ahead": [(expiry, expiry.days_left(now)) for expiry in ahead[:SHOWN]],
        "more": len(ahead[SHOWN:]),
    }
    return render(request, "enrollment/calendar/calendar.html", values)


@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A new address, shown once, in the answer."""
    address = settings.BASE_URL + reverse("api-calendar-feed", args=[make_calendar_address(request.user)])
    return render(request, "enrollment/calendar/made.html", {"section": "warning-list", "address": address})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    revoke_calendar_address(request.user, by=request.user)
    messages.success(request, _("The address is revoked: calendars read nothing there any more."))
    return redirect("calendar")
