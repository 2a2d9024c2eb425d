"""What stands under /warnings/: warnings, and where they are sent."""

from django.urls import URLPattern, path

from enrollment.web import calendars, channels, warnings

urlpatterns: list[URLPattern] = [
    path("", warnings.warning_list, name="warning-list"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/make/", calendars.make, name="calendar-make"),
    path("calendar/revoke/", calendars.revoke, name="calendar-revoke"),
    path("channels/", channels.channel_list, name="channel-list"),
    path("channels/new/", channels.new, name="channel-new"),
    path("channels/<int:pk>/", channels.detail, name="channel-detail"),
    path("channels/<int:pk>/edit/", channels.edit, name="channel-edit"),
    path("channels/<int:pk>/delete/", channels.delete, name="channel-delete"),
    path("channels/<int:pk>/test/", channels.test, name="channel-test"),
    path("channels/<int:pk>/secret/", channels.secret, name="channel-secret"),
    # Last, for a key is any word.
    path("<str:key>/", warnings.detail, name="warning-detail"),
    path("<str:key>/snooze/", warnings.snooze, name="warning-snooze"),
    path("<str:key>/wake/", warnings.wake, name="warning-wake"),
]
