"""Two installations over the same world: one is left in peace, the other one is not."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enrollment.simulator import Simulator, World
from tests.chaos.installation import Clock, Database, Installation

# A few in every run of the suite; CHAOS_KILLS=50 is the long one.
KILLS = int(os.environ.get("CHAOS_KILLS", "4"))
SEED = int(os.environ.get("CHAOS_SEED", random.randrange(10_000)))
# Several workers of one run keep out of each other's databases.
NAME = "pomona_chaos" + os.environ.get("PYTEST_XDIST_WORKER", "")
TEMPLATE = f"{NAME}_template"


@pytest.fixture(autouse=True)
def _moments() -> None:
    print(f"CHAOS_SEED={SEED}")
    random.seed(SEED)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | Path]:
    """A migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(TEMPLATE, "")
    database.make(folder)
    yield TEMPLATE if database.is_postgresql else next(folder.glob("*.sqlite3"))
    database.drop()


@pytest.fixture(scope="session")
def installations(
    template: str | Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Installation]]:
    """By name and environment; each is made once, for it takes a while to load a program."""
    made: dict[object, Installation] = {}

    def find(name: str, **environment: str) -> Installation:
        key = (name, *environment.items())
        if key not in made:
            folder = tmp_path_factory.mktemp(name)
            database = Database(f"{NAME}_{name}_{len(made)}", template)
            database.make(folder)
            made[key] = Installation(folder, database, **environment)
        return made[key]

    yield find
    for installation in made.values():
        installation.close()
        installation.database.drop()


@pytest.fixture
def install(installations: Callable[..., Installation]) -> Iterator[Callable[..., Installation]]:
    """An empty installation with one token of a new world of so many devices; the same for the same number."""
    now = datetime.now(UTC).replace(microsecond=0)
    with ExitStack() as stack:

        def make(name: str, devices: int, **environment: str) -> Installation:
            world = World(seed=7, clock=Clock(now))
            server = world.add_server("Orchard")
            world.add_devices(server, devices)
            world.serialise()
            apple = stack.enter_context(Simulator.running(world))
            installation = installations(name, **environment)
            installation.world = world
            installation.do("forget_everything")
            installation.do("connect_token", url=apple.url, credentials=server.credentials_json())
            return installation

        yield make


@pytest.fixture
def kills() -> int:
    return KILLS
