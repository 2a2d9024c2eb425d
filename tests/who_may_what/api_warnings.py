"""Warnings: read by whoever may read what they are about; snoozed by who can do something about it, once it is seen."""

from datetime import timedelta

from django.utils import timezone

from tests.who_may_what.row import operation

ALL = 200
SNOOZE = {"until": f"{timezone.now() + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}", "reason": "The renewal is planned"}
WARNINGS = [
    operation("get", "warnings/", ALL),
    operation("get", "warnings/{warning}/", ALL, 404),
    operation("get", "warnings/{their_warning}/", ALL, ALL, inside=404),
    operation("post", "warnings/{warning}/snooze/", "200 200 403 403 403", "404 404 404 404 404", **SNOOZE),
    operation("post", "warnings/{warning}/wake/", "200 200 403 403 403", "404 404 404 404 404"),
]
