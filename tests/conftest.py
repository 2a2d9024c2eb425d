"""The cast everyone knows: Alice administers, Bob may only read, Charlie has no business here."""

import gc
from collections.abc import Iterator

import hypothesis
import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.utils import translation

from enrollment.actions.devices import tally_devices
from enrollment.models import Person, ScopeTag, Token
from enrollment.simulator import Simulator, World
from enrollment.simulator.mdm_server import MdmServer
from tests import cast
from tests.emptied import empty_all_tables
from tests.receivers import mailbox, receiver  # noqa: F401 - fixtures

# What is found by trying anything is tried whole, however busy the machine is.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

# What takes longest begins first: else, at the end, all workers but one are idle.
SLOW = (
    *("test_a_year.py", "chaos", "browser", "proof", "management", "test_who_may_what.py", "security"),
    *("actions/tokens/test_token_health.py", "web/test_profile_wizard_with_anything.py", "actions/devices"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def pytest_collection_finish() -> None:
    """What was imported stays. To look through it for garbage again and again takes nearly a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def _place(item: pytest.Item) -> int:
    return next((n for n, name in enumerate(SLOW) if item.nodeid.startswith(f"tests/{name}")), len(SLOW))


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_between_tests() -> Iterator[None]:
    """After tests without a transaction."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_all_tables())
        yield


@pytest.fixture(autouse=True)
def _plain_settings(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # A request that asked for French leaves it to whoever comes next in this thread.
    translation.deactivate()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _devices_are_counted_anew() -> None:
    """What warnings count is kept for a minute, and tests are shorter."""
    cache.delete(tally_devices.KEY)


@pytest.fixture
def alice(db) -> Person:
    """She administers everything."""
    return cast.a_person("alice", "administrator")


@pytest.fixture
def bob(db) -> Person:
    """He may read tokens, profiles and devices, and change nothing."""
    return cast.a_person("bob", "helpdesk")


@pytest.fixture
def charlie(db) -> Person:
    """He administers another part of the organisation: what is ours does not exist for him."""
    person = cast.a_person("charlie", "administrator")
    person.scope_tags.add(ScopeTag.objects.get_or_create(name="Elsewhere")[0])
    return person


@pytest.fixture
def as_alice(alice: Person) -> Client:
    return cast.a_browser_of(alice)


@pytest.fixture
def as_bob(bob: Person) -> Client:
    return cast.a_browser_of(bob)


@pytest.fixture
def as_charlie(charlie: Person) -> Client:
    return cast.a_browser_of(charlie)


@pytest.fixture
def world() -> World:
    """The pretend Apple's state: change it as a portal administrator would."""
    return World(seed=7)


@pytest.fixture
def apple(world: World) -> Iterator[Simulator]:
    """The pretend Apple, answering over a real socket at `apple.url`."""
    with Simulator.running(world) as running:
        yield running


@pytest.fixture
def token(db, world: World, apple: Simulator) -> Token:
    """A verified token of the pretend Apple's server "Orchard", which has no devices yet."""
    return cast.a_token_at(apple, world.add_server("Orchard"), name="Orchard")


@pytest.fixture
def server(world: World, token: Token) -> MdmServer:
    """The token's server in the pretend Apple."""
    return world.servers[-1]
