"""A pretend Apple behind real HTTP: Apple's device assignment service and a portal, with faults on demand.

world = World(seed=7)
server = world.add_server("Orchard")
world.add_devices(server, 250)
with Simulator.running(world) as apple:
    …  # point a client with server.credentials() at apple.url
world.faults.add("503", times=1, retry_after=120)
"""

from enrollment.simulator.server import Simulator
from enrollment.simulator.state import World

__all__ = ["Simulator", "World"]
