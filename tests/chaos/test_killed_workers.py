"""SYNC-11: a worker may die at any moment: nothing is lost, and only the page or batch in flight is repeated."""

from enrollment import limits
from tests.chaos.installation import LEASE, STATES, a_moment


def undisturbed(install, devices, *deeds):
    """What comes of it when nothing happens; the pages and serial numbers Apple was asked for."""
    peaceful = install("peaceful", devices)
    peaceful.run_until("synced")
    for deed in deeds:
        deed(peaceful)
    return peaceful


def change_the_world(installation):
    """Some come, some go, some come back, some change; half a day passes."""
    world = installation.world
    (server,) = world.servers
    serials = sorted(world.devices)
    world.unassign(serials[:700])
    world.assign(serials[:200], server)
    world.add_devices(server, 1_500)
    for serial in serials[1_000:1_100]:
        world.set_migration_deadline(serial, world.clock())
    installation.pass_time(12 * 60 + 1)


def rounds(kills, one_round):
    """One installation after the other, until as many workers were killed as were to be."""
    while kills > 0:
        kills -= one_round(kills)


def kill_until_done(installation, times, longest, is_done):
    """How often it was killed before it got through."""
    killed = 0
    while killed < times:
        killed += installation.kill_after(a_moment(longest))
        if is_done(installation.do("state")):
            break
        installation.pass_time(LEASE)
    return killed


def test_a_full_sync_killed_again_and_again(install, kills):
    devices = 12_000
    peaceful = undisturbed(install, devices)

    def one_round(times):
        restless = install("restless", devices)
        killed = kill_until_done(restless, times, 0.5, STATES["synced"])
        restless.run_until("synced")
        assert restless.do("rows") == peaceful.do("rows")
        assert restless.world.pages_served <= peaceful.world.pages_served + killed
        assert restless.do("state")["seen_pages"] == 0
        return killed

    rounds(kills, one_round)


def test_changes_and_the_next_full_sync_killed_again_and_again(install, kills):
    devices = 6_000
    peaceful = undisturbed(install, devices, change_the_world)
    peaceful.run_until("synced")
    changed, pages = peaceful.do("rows"), peaceful.world.pages_served
    peaceful.pass_time(7 * 24 * 60)
    assert peaceful.run_until("synced")["kind"] == "full"

    def one_round(times):
        restless = install("restless", devices)
        restless.run_until("synced")
        change_the_world(restless)
        killed = kill_until_done(restless, times, 0.3, lambda state: state["runs"] > 1 and STATES["synced"](state))
        restless.run_until("synced")
        assert restless.do("rows") == changed
        assert restless.world.pages_served <= pages + killed
        restless.pass_time(7 * 24 * 60)
        weekly = kill_until_done(
            restless, times - killed, 0.4, lambda state: state["kind"] == "full" and STATES["synced"](state)
        )
        assert restless.run_until("synced")["kind"] == "full"
        assert restless.do("rows") == peaceful.do("rows")
        assert restless.world.pages_served <= peaceful.world.pages_served + killed + weekly
        return killed + weekly

    rounds(kills, one_round)


def test_an_assignment_killed_again_and_again(install, kills):
    devices = 6_000
    peaceful = undisturbed(install, devices, lambda it: it.do("want_a_profile"))
    wanted = peaceful.run_until("reconciled")["wanted"]
    assert len(peaceful.world.assigned_serials) == wanted, "nobody is asked for twice"

    def one_round(times):
        restless = install("restless", devices)
        restless.run_until("synced")
        restless.do("want_a_profile")
        killed = kill_until_done(restless, times, 0.4, STATES["reconciled"])
        restless.run_until("reconciled")
        assert restless.do("rows") == peaceful.do("rows")
        assert len(restless.world.assigned_serials) <= wanted + killed * limits.SERIALS_PER_CALL
        return killed

    rounds(kills, one_round)
