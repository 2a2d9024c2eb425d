"""What stands under /warnings/: warnings, and where they are sent."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
