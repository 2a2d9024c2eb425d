"""What stands under /warnings/: warnings, and where they are sent."""

from django.urls import URLPattern, path

from enrollment.web import calendars, warnings

urlpatterns: list[URLPattern] = [
    path("", warnings.warning_list, name="warning-list"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/make/", calendars.make, name="calendar-make"),
    path("calendar/revoke/", calendars.revoke, name="calendar-revoke"),
    # Last, for a key is any word.
    path("<str:key>/", warnings.detail, name="warning-detail"),
    path("<str:key>/snooze/", warnings.snooze, name="warning-snooze"),
    path("<str:key>/wake/", warnings.wake, name="warning-wake"),
]
