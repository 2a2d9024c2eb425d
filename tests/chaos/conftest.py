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
TEMPLATE = "pomona_chaos_template"


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


@pytest.fixture
def install(template: str | Path, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Make an installation with one token of a new world of so many devices; the same for the same number."""
    now = datetime.now(UTC).replace(microsecond=0)
    with ExitStack() as stack:

        def make(name: str, devices: int, **environment: str) -> Installation:
            world = World(seed=7, clock=Clock(now))
            server = world.add_server("Orchard")
            world.add_devices(server, devices)
            world.serialise()
            apple = stack.enter_context(Simulator.running(world))
            folder = tmp_path / name
            folder.mkdir()
            database = Database(f"pomona_chaos_{name}", template)
            database.make(folder)
            stack.callback(database.drop)
            installation = Installation(folder, database, world, **environment)
            stack.callback(installation.close)
            installation.do("connect_token", url=apple.url, credentials=server.credentials_json())
            return installation

        yield make


@pytest.fixture
def kills() -> int:
    return KILLS
