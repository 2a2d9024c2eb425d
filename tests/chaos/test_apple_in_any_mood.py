"""Whatever Apple answers in the middle of a sync, it ends where a peaceful one ends (SYNC-7, SYNC-11, SYNC-12)."""

from contextlib import suppress

import pytest

from tests.chaos.installation import Died
from tests.chaos.test_killed_workers import change_the_world

DEVICES = 2_500

# Each strikes in the middle: some requests pass first.
ONCE = {
    "429": {"kind": "429", "times": 3, "retry_after": 20},
    "429 that names no time": {"kind": "429", "times": 3},
    "503 with Retry-After": {"kind": "503", "times": 2, "retry_after": 120},
    "500": {"kind": "500", "times": 4},
    "a connection cut": {"kind": "hang_up", "times": 2},
    "truncated JSON": {"kind": "truncated_json", "times": 2},
    "quoted error bodies": {"kind": "quoted_errors", "times": 3},
    "more_to_follow as a string": {"kind": "more_as_string", "times": 3},
    "the same cursor once": {"kind": "same_cursor", "times": 1},
    "an expired cursor": {"kind": "expired_cursor", "times": 1},
    "an invalid cursor": {"kind": "invalid_cursor", "times": 1},
    "a session that expired": {"kind": "session_expired", "times": 1},
    "a session that is forbidden": {"kind": "session_forbidden", "times": 1},
}
UNTIL_MENDED = {
    "the same cursor for ever": [{"kind": "same_cursor", "after": 1}],
    "terms withdrawn": [{"kind": "terms_after_session", "after": 1}],
    "terms withdrawn, and the session over": [
        {"kind": "session_expired", "times": 1, "after": 2},
        {"kind": "terms_before_session", "after": 1},
    ],
    "a token that is rejected": [
        {"kind": "session_expired", "times": 1, "after": 2},
        {"kind": "token_rejected", "after": 1},
    ],
    "nothing but 500": [{"kind": "500", "after": 2}],
}


@pytest.fixture(scope="module")
def ends():
    """How a peaceful installation ends; found once for all of them."""
    return {}


def the_peaceful_end(install, ends):
    if not ends:
        peaceful = install("peaceful", DEVICES)
        ends["status"] = peaceful.run_until("synced")["status"]
        ends["full"] = without_times(peaceful.do("rows"))
        change_the_world(peaceful)
        peaceful.run_until("synced")
        ends["delta"] = without_times(peaceful.do("rows"))
    return ends


def without_times(rows):
    """Each of the worlds here began at a moment of its own: what Apple dates by that moment differs."""
    dated = ("assigned_at=", "op_at=", "migration_deadline=")
    return [[column for column in row if not column.startswith(dated)] for row in rows]


@pytest.mark.parametrize("fault", ONCE.values(), ids=ONCE.keys())
def test_a_passing_fault_in_a_full_sync_and_in_a_delta(install, ends, fault):
    end = the_peaceful_end(install, ends)
    restless = install("restless", DEVICES)
    restless.world.faults.add(**fault, after=2)
    assert restless.run_until("synced")["status"] == end["status"]
    assert without_times(restless.do("rows")) == end["full"]
    change_the_world(restless)
    restless.world.faults.add(**fault, after=2)
    assert restless.run_until("synced")["status"] == end["status"]
    assert without_times(restless.do("rows")) == end["delta"]


@pytest.mark.parametrize("faults", UNTIL_MENDED.values(), ids=UNTIL_MENDED.keys())
def test_a_lasting_fault_in_the_middle_is_not_hammered_and_all_is_well_when_it_is_mended(install, ends, faults):
    end = the_peaceful_end(install, ends)
    restless = install("restless", DEVICES)
    for fault in faults:
        restless.world.faults.add(**fault)
    for _hour in range(6):
        restless.do("minute")
        restless.pass_time(60)
    asked = len(restless.world.calls)
    assert asked < 3 + 6 * 4, f"{asked} requests in six hours"
    assert restless.do("state")["devices"] < DEVICES
    restless.world.faults.clear()
    assert restless.run_until("synced")["status"] == end["status"]
    assert without_times(restless.do("rows")) == end["full"]


def test_an_apple_that_answers_nothing_in_time(install, ends):
    end = the_peaceful_end(install, ends)
    restless = install("restless", DEVICES)
    restless.world.faults.add("slow", times=2, after=1, seconds=3)
    restless.do("impatient_minute", seconds=0.5)
    assert restless.do("state")["open_runs"] == 1
    restless.run_until("synced")
    assert without_times(restless.do("rows")) == end["full"]


def test_an_exhausted_cursor_is_an_end_and_no_error(install, ends):
    """Apple says so when everything was returned: what it did not return by then was not there."""
    restless = install("restless", DEVICES)
    restless.world.faults.add("exhausted_cursor", times=1, after=1)
    assert restless.run_until("synced")["devices"] < DEVICES


def test_a_token_replaced_in_the_middle(install, ends):
    """Downloading a new token in the portal ends the old one at once; the renewal comes later."""
    end = the_peaceful_end(install, ends)
    restless = install("restless", DEVICES)
    (server,) = restless.world.servers
    restless.world.faults.add("hang_up", times=1, after=2)
    restless.do("minute")
    server.issue_token()
    restless.world.faults.add("session_expired", times=1)
    restless.pass_time(2)
    restless.do("minute")
    assert restless.do("state")["status"] == "rejected"
    restless.do("replace_token", credentials=server.credentials_json())
    restless.run_until("synced")
    assert without_times(restless.do("rows")) == end["full"]


def test_a_full_disk(install, ends):
    end = the_peaceful_end(install, ends)
    restless = install("restless", DEVICES)
    if restless.database.is_postgresql:
        pytest.skip("the disk of a database server is not ours to fill; a cut connection stands for it")
    with suppress(Died):
        restless.do("minute_on_a_full_disk", megabytes=1)
    assert restless.do("state")["devices"] < DEVICES
    restless.pass_time(2)
    restless.run_until("synced")
    assert without_times(restless.do("rows")) == end["full"]
