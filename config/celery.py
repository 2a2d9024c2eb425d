"""The Celery application: it only delivers; every lock, retry and plan is a row (design.md section 5)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("pomona")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["enrollment"])
