"""After a sync the search is as fast as it can be, without waiting for the database's own housekeeping."""

import pytest
from django.db import connection

from enrollment.actions.devices.tidy_search import tidy_search
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_new_is_worked_into_the_search_indexes_once():
    token = a_token()
    for _n in range(20):
        a_device(token)
    pages = tidy_search()
    assert (pages > 0) is (connection.vendor == "postgresql")
    assert tidy_search() == 0
