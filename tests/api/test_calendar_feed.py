"""WARN-4: a secret address that a calendar reads, as its person sees things now."""

from datetime import timedelta

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.warnings.make_calendar_address import make_calendar_address
from enrollment.actions.warnings.revoke_calendar_address import revoke_calendar_address
from enrollment.models import AuditEntry, CalendarFeed, Person, Role, ScopeTag
from tests.cast import a_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_guessed_before():
    cache.clear()


def read(secret, **headers):
    return Client().get(f"/calendar/{secret}.ics", headers=headers)


def told(secret):
    return [str(event["summary"]) for event in icalendar.Calendar.from_ical(read(secret).content).walk("VEVENT")]


def test_a_calendar_reads_it_without_signing_in(alice):
    a_token(name="Shops")
    answer = read(make_calendar_address(alice))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert b"The token \xe2\x80\x9cShops\xe2\x80\x9d expires" in answer.content
    assert Client().head(f"/calendar/{make_calendar_address(alice)}.ics").status_code == 200


def test_it_shows_what_its_person_sees_now(alice):
    secret = make_calendar_address(alice)
    a_token(name="Shops")
    a_token(name="Vans").scope_tags.add(tag := ScopeTag.objects.create(name="Vans"))
    assert told(secret) == ["The token “Shops” expires", "The token “Vans” expires"]
    alice.scope_tags.add(tag)
    assert told(secret) == ["The token “Vans” expires"]
    alice.roles.clear()
    assert told(secret) == []


def test_it_speaks_its_persons_language_whatever_the_reader_asks_for(alice):
    a_token(name="Boutiques")
    Person.objects.filter(pk=alice.pk).update(language="fr")
    answer = read(make_calendar_address(alice), accept_language="en")
    assert typeset("Le jeton « Boutiques » expire") in answer.content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_service": True}])
def test_who_may_not_sign_in_has_no_calendar(alice, change):
    secret = make_calendar_address(alice)
    Person.objects.filter(pk=alice.pk).update(**change)
    assert read(secret).status_code == 404


def test_a_new_address_ends_the_old_one_and_revoking_ends_it_at_once(alice, bob):
    first, others = make_calendar_address(alice), make_calendar_address(bob)
    second = make_calendar_address(alice)
    assert [read(secret).status_code for secret in (first, second, others)] == [404, 200, 200]
    revoke_calendar_address(alice, by=alice)
    assert [read(secret).status_code for secret in (second, others)] == [404, 200]


def test_it_remembers_when_it_was_read_last_once_a_minute(alice):
    secret, start = make_calendar_address(alice), timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        read(secret)
        clock.shift(timedelta(seconds=50))
        read(secret)
        assert CalendarFeed.objects.get().last_read_at == start
        clock.shift(timedelta(seconds=20))
        read(secret)
        assert CalendarFeed.objects.get().last_read_at == start + timedelta(seconds=70)
    make_calendar_address(alice)
    assert CalendarFeed.objects.get().last_read_at is None


def test_whoever_guesses_is_stopped_and_nobody_else(alice, settings):
    settings.API_FAILURE_RATE = "3/min"
    secret = make_calendar_address(alice)
    assert [read(f"pomona_calendar_{guess}").status_code for guess in range(5)] == [404, 404, 404, 429, 429]
    assert int(read("again")["Retry-After"]) > 0
    assert read(secret).status_code == 200
    wrong_key = Client().get("/api/v1/me/", headers={"authorization": "Bearer pomona_wrong"})
    assert wrong_key.status_code == 429, "keys and addresses are counted together"


def test_it_is_for_reading(alice):
    address = f"/calendar/{make_calendar_address(alice)}.ics"
    assert [Client().post(address).status_code, Client().delete(address).status_code] == [405, 405]


def test_the_address_is_kept_hashed_and_told_to_no_log(alice):
    secret = make_calendar_address(alice)
    revoke_calendar_address(alice, by=alice)
    entries = AuditEntry.objects.filter(action__startswith="person.calendar")
    assert [(entry.action, entry.object_name) for entry in entries.order_by("pk")] == [
        ("person.calendar_made", "alice"),
        ("person.calendar_revoked", "alice"),
    ]
    secret = make_calendar_address(alice)
    kept = str(list(CalendarFeed.objects.values())) + str(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert secret.removeprefix("pomona_calendar_") not in kept
    revoke_calendar_address(alice, by=alice)
    revoke_calendar_address(alice, by=alice)
    assert AuditEntry.objects.filter(action="person.calendar_revoked").count() == 2, "of nothing nothing is told"


def program(person, **less):
    key = make_api_key(person, name="Program", by=None, **less)
    return Client(headers={"authorization": f"Bearer {key}"})


def test_a_program_makes_reads_about_and_revokes_the_address_of_its_person(alice):
    client = program(alice)
    assert client.get("/api/v1/me/calendar/").json() == {"made_at": None, "last_read_at": None}
    made = client.post("/api/v1/me/calendar/")
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    address = made.json()["address"]
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 200
    about = client.get("/api/v1/me/calendar/").json()
    assert about["made_at"]
    assert about["last_read_at"]
    assert address not in str(about)
    assert client.delete("/api/v1/me/calendar/").status_code == 204
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 404


def test_a_key_that_is_less_than_its_person_and_a_service_have_none(alice):
    secret = make_calendar_address(alice)
    small = program(alice, role=Role.objects.get(key="helpdesk"))
    assert small.get("/api/v1/me/calendar/").json() == {"made_at": None, "last_read_at": None}
    assert [small.post("/api/v1/me/calendar/").status_code, small.delete("/api/v1/me/calendar/").status_code] == [
        409
    ] * 2
    assert read(secret).status_code == 200
    Person.objects.filter(pk=alice.pk).update(is_service=True)
    refused = program(alice).post("/api/v1/me/calendar/")
    assert refused.status_code == 409
    assert "no calendar" in refused.json()["detail"]
