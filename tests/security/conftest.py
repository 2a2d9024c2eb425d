from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.who_may_what.world import World, a_world


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The world of the table who may what: one of everything there is, twice. Built once; every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)
