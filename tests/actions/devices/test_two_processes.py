"""SYNC-5 with real processes, on a database server that several can use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from enrollment.models import SyncStatus
from tests.cast import a_run

ROOT = Path(__file__).resolve().parents[3]
WORK = """
import django; django.setup()
from django.db import connection
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.models import SyncRun
sync_devices(SyncRun.objects.get(pk={pk}))
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_work_at_once_ask_apple_for_each_page_once(token, world):
    if connection.vendor != "postgresql":
        pytest.skip("threads stand for this on SQLite: test_one_sync_at_a_time")
    world.add_devices(world.servers[-1], 4_000)
    run = a_run(token)
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    from django.conf import settings

    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
    }
    command = [sys.executable, "-c", WORK.format(pk=json.dumps(run.pk))]
    both = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    run.refresh_from_db()
    assert run.status == SyncStatus.DONE
    assert token.devices.count() == 4_000
    assert world.pages_served == 4
