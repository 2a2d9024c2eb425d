"""What stands under /warnings/: warnings, and where they are sent."""

from django.urls import URLPattern, path

from enrollment.web import warnings

urlpatterns: list[URLPattern] = [
    path("", warnings.warning_list, name="warning-list"),
    # Last, for a key is any word.
    path("<str:key>/", warnings.detail, name="warning-detail"),
]
