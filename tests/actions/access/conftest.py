import pytest

from enrollment.models import Person, Role, ScopeTag
from tests.cast import a_person


@pytest.fixture
def lyon(db) -> ScopeTag:
    return ScopeTag.objects.create(name="Lyon")


@pytest.fixture
def paris(db) -> ScopeTag:
    return ScopeTag.objects.create(name="Paris")


@pytest.fixture
def lydia(lyon) -> Person:
    """She administers Lyon alone."""
    person = a_person("lydia", "administrator")
    person.scope_tags.add(lyon)
    return person


@pytest.fixture
def gatekeeper(db) -> Person:
    """Manages access, and may do nothing else."""
    role = Role.objects.create(key="gatekeeper", name="Gatekeeper", permissions=["manage_access", "read_device"])
    person = Person.objects.create(username="george")
    person.roles.add(role)
    return person
