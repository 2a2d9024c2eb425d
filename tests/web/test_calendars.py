"""The page where somebody makes, copies and revokes the address their calendar reads."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.models import CalendarFeed
from tests.cast import a_token

pytestmark = pytest.mark.django_db


def test_an_address_is_shown_once(as_bob, bob):
    assert "Make an address" in as_bob.get("/warnings/calendar/").content.decode()
    made = as_bob.post("/warnings/calendar/make/").content.decode()
    (address,) = set(re.findall(r"http://localhost:8000(/calendar/pomona_calendar_[\w-]{43}\.ics)", made))
    assert Client().get(address).status_code == 200
    page = as_bob.get("/warnings/calendar/").content.decode()
    assert address not in page
    assert "Make a new address" in page
    assert CalendarFeed.objects.get().person == bob


def test_a_new_one_and_revoking_end_the_one_before(as_bob):
    pages = [as_bob.post("/warnings/calendar/make/").content.decode() for _again in range(2)]
    old, new = [re.search(r"/calendar/pomona_calendar_[\w-]+\.ics", page)[0] for page in pages]
    assert [Client().get(address).status_code for address in (old, new)] == [404, 200]
    done = as_bob.post("/warnings/calendar/revoke/", follow=True).content.decode()
    assert "The address is revoked" in done
    assert "Make an address" in done
    assert Client().get(new).status_code == 404


def test_it_says_what_expires_next(as_alice, as_charlie):
    for days in range(12):
        a_token(name=f"Token {days:02}", expires_at=timezone.now() + timedelta(days=days, hours=1))
    a_token(name="Over", expires_at=timezone.now() - timedelta(days=1))
    page = as_alice.get("/warnings/calendar/").content.decode()
    listed = page.partition('<ol class="ahead">')[2].partition("</ol>")[0]
    assert re.findall(r">(Token \d+|Over)</a>", listed) == [f"Token {days:02}" for days in range(10)]
    assert "and 2 more" in page
    assert "Nothing of what you see expires" in as_charlie.get("/warnings/calendar/").content.decode()


def test_it_asks_as_much_for_eleven_as_for_one(as_alice):
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_alice.get("/warnings/calendar/")
        return len(captured)

    a_token()
    as_alice.get("/warnings/calendar/")
    one = questions()
    for _more in range(10):
        a_token()
    assert questions() == one
