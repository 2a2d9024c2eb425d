"""SYNC-5: two syncs of one token never run together, however many ask and work at once."""

import threading

import pytest
from django.db import connection

from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.models import SyncRun, SyncStatus
from tests.cast import a_run


def together(work, times=4):
    """Run the work in threads that start at the same moment, each with its own connection."""
    start, failures = threading.Barrier(times), []

    def one():
        try:
            start.wait()
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_one_run(token):
    together(lambda: request_sync(token, by=None))
    assert SyncRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_work_at_once_ask_apple_for_each_page_once(token, world):
    world.add_devices(world.servers[-1], 3_000)
    run = a_run(token)
    together(lambda: sync_devices(SyncRun.objects.get(pk=run.pk)))
    run.refresh_from_db()
    assert run.status == SyncStatus.DONE
    assert token.devices.count() == 3_000
    assert world.pages_served == 3
