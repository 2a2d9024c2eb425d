"""What the sync panel shows (SYNC-10)."""

import pytest

from enrollment import limits
from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.devices.sync_state import sync_state
from enrollment.models import SyncStatus, Token

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_a_run_that_ends_while_the_page_is_made_the_token_is_told_as_the_run_left_it(world, server, token, alice):
    """A page that follows an open run stops when it is done: what it shows then stays."""
    world.add_devices(server, 3)
    run = request_sync(token, by=alice)
    read_before = Token.objects.get(pk=token.pk)
    sync_devices(run)
    state = sync_state(read_before)
    assert state.run.status == SyncStatus.DONE
    assert None not in (read_before.synced_at, read_before.next_sync_at)
    assert read_before.cursor
    assert state.next_full == read_before.synced_at + limits.FULL_SYNC_EVERY
