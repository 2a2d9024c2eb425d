"""Pages of people: who they are, what they may and see, how they come in."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.warnings.make_calendar_address import make_calendar_address
from enrollment.models import AuditEntry, CalendarFeed, Person, Role, ScopeTag
from tests.cast import a_browser_of, a_person, a_token

pytestmark = pytest.mark.django_db


def role(key):
    return Role.objects.get(key=key)


@pytest.fixture
def lyon(db):
    return ScopeTag.objects.create(name="Lyon")


@pytest.fixture
def dora(lyon):
    person = a_person("dora", "helpdesk")
    person.scope_tags.add(lyon)
    return person


def test_somebody_is_added_and_invited(as_alice, lyon, mailoutbox):
    said = {
        "username": "dora",
        "first_name": "Dora",
        "email": "dora@orchard.example",
        "roles": [role("helpdesk").pk, role("auditor").pk],
        "scope_tags": [lyon.pk],
    }
    page = as_alice.post(reverse("person-new"), said, follow=True).content.decode()
    dora = Person.objects.get(username="dora")
    assert set(dora.roles.all()) == {role("helpdesk"), role("auditor")}
    assert "Has no password yet" in page
    answer = as_alice.post(reverse("person-invite", args=[dora.pk]))
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert re.search(r"<code>(http\S+)</code>", answer.content.decode())[1] in mailoutbox[0].body


def test_what_is_typed_stays_when_it_is_refused(as_alice, dora):
    said = {"username": "dora", "first_name": "Other", "email": "nonsense", "roles": [role("auditor").pk]}
    page = as_alice.post(reverse("person-new"), said).content.decode()
    assert 'value="Other"' in page
    said["email"] = ""
    page = as_alice.post(reverse("person-new"), said).content.decode()
    assert "There is somebody of this name already." in page
    assert re.search(rf'value="{role("auditor").pk}"[^>]*checked', page)


def test_a_page_says_what_somebody_may_and_sees(as_alice, dora, lyon):
    ours, _theirs = a_token(name="Lyon schools"), a_token(name="Paris schools")
    ours.scope_tags.add(lyon)
    page = as_alice.get(reverse("person-detail", args=[dora.pk])).content.decode()
    assert "Lyon schools" in page
    assert "Paris schools" not in page
    assert "Read device" in page
    assert "Delete device" not in page


def test_it_is_told_in_french(as_alice, dora):
    page = as_alice.get(reverse("person-detail", args=[dora.pk]), headers={"Accept-Language": "fr"}).content.decode()
    assert "Voir et exporter les appareils" in page
    assert "Lyon" in page


def test_an_auditor_reads_and_is_offered_nothing(dora):
    browser = a_browser_of(a_person("audrey", "auditor"))
    page = browser.get(reverse("person-detail", args=[dora.pk])).content.decode()
    assert "Read device" in page
    for name in ("person-edit", "person-invite", "person-deactivate"):
        assert reverse(name, args=[dora.pk]) not in page


def test_nobody_is_offered_what_would_be_refused(as_alice, alice):
    page = as_alice.get(reverse("person-detail", args=[alice.pk])).content.decode()
    assert reverse("person-deactivate", args=[alice.pk]) not in page
    answer = as_alice.post(reverse("person-deactivate", args=[alice.pk]), follow=True)
    assert "You cannot deactivate yourself" in answer.content.decode()


def test_somebody_stronger_is_shown_and_not_changed(bob):
    gatekeeper = Person.objects.create(username="george")
    permissions = ["manage_access", "read_device"]
    gatekeeper.roles.add(Role.objects.create(key="gate", name="Gate", permissions=permissions))
    browser = a_browser_of(gatekeeper)
    page = browser.get(reverse("person-detail", args=[bob.pk])).content.decode()
    assert "This person may more than you" in page
    assert reverse("person-edit", args=[bob.pk]) not in page
    make_calendar_address(bob)
    for name in (
        *("person-deactivate", "person-sign-out", "person-forget-factors", "person-revoke-calendar", "person-invite"),
    ):
        answer = browser.post(reverse(name, args=[bob.pk]), follow=True)
        assert "may more than you" in answer.content.decode(), name
    assert CalendarFeed.objects.filter(person=bob).exists()
    form = browser.get(reverse("person-edit", args=[bob.pk])).content.decode()
    assert "Administrator" not in form
    assert "Gate" in form


def test_a_narrowed_administrator_gives_what_is_theirs(dora, lyon):
    ScopeTag.objects.create(name="Paris")
    lydia = a_person("lydia", "administrator")
    lydia.scope_tags.add(lyon)
    browser = a_browser_of(lydia)
    page = browser.get(reverse("person-list")).content.decode()
    assert "dora" in page
    assert "bob" not in page
    form = browser.get(reverse("person-new")).content.decode()
    assert "Paris" not in form
    page = browser.post(reverse("person-new"), {"username": "eve", "roles": [role("helpdesk").pk]}).content.decode()
    assert "Choose one of your scope tags" in page


def test_the_account_of_a_lost_telephone(as_alice, dora):
    a_browser_of(dora).get("/")
    for name in ("person-sign-out", "person-forget-factors"):
        assert as_alice.get(reverse(name, args=[dora.pk])).status_code == 200
        assert as_alice.post(reverse(name, args=[dora.pk])).status_code == 302
    as_alice.post(reverse("person-deactivate", args=[dora.pk]))
    dora.refresh_from_db()
    assert not dora.is_active
    as_alice.post(reverse("person-activate", args=[dora.pk]))
    dora.refresh_from_db()
    assert dora.is_active


def test_the_calendar_address_of_somebody_else_is_revoked(as_alice, dora):
    address, revoke = f"/calendar/{make_calendar_address(dora)}.ics", reverse("person-revoke-calendar", args=[dora.pk])

    def page():
        return as_alice.get(reverse("person-detail", args=[dora.pk])).content.decode()

    assert ", not read yet" in page()
    assert Client().get(address).status_code == 200
    assert ", last read now" in page()
    assert revoke in page()
    assert "They can make a new one" in as_alice.get(revoke).content.decode()
    assert Client().get(address).status_code == 200, "asked, and not confirmed"
    done = as_alice.post(revoke, follow=True).content.decode()
    assert "The calendar address of “dora” is revoked" in done
    assert Client().get(address).status_code == 404
    assert revoke not in page()
    entry = AuditEntry.objects.get(action="person.calendar_revoked")
    assert (entry.object_name, entry.who) == ("dora", "alice")


def test_of_who_is_deactivated_it_is_revoked_lest_it_reads_again(as_alice, dora):
    secret = make_calendar_address(dora)
    Person.objects.filter(pk=dora.pk).update(is_active=False)
    assert (
        reverse("person-revoke-calendar", args=[dora.pk])
        in as_alice.get(reverse("person-detail", args=[dora.pk])).content.decode()
    )
    as_alice.post(reverse("person-revoke-calendar", args=[dora.pk]))
    Person.objects.filter(pk=dora.pk).update(is_active=True)
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"alice", "dora", "robot"}),
        ("q=ORCHARD.EX+dor", {"dora"}),
        ("show=services", {"robot"}),
        ("show=deactivated", {"zoe"}),
        ("q=nobody", set()),
        ("show=nonsense", {"alice", "dora", "robot"}),
    ],
)
def test_people_are_found(as_alice, dora, query, names):
    Person.objects.create(username="robot", is_service=True)
    Person.objects.create(username="zoe", is_active=False)
    page = as_alice.get(f"{reverse('person-list')}?{query}")
    assert {person.username for person in page.context["page"].rows} == names


def test_a_service_has_a_name_roles_and_keys_and_nothing_of_a_person(as_alice):
    form = as_alice.get(f"{reverse('person-new')}?service=1").content.decode()
    assert 'name="email"' not in form
    as_alice.post(f"{reverse('person-new')}?service=1", {"username": "robot", "roles": [role("helpdesk").pk]})
    robot = Person.objects.get(username="robot")
    assert robot.is_service
    page = as_alice.get(reverse("person-detail", args=[robot.pk])).content.decode()
    assert reverse("person-invite", args=[robot.pk]) not in page
    assert f"{reverse('api-key-new')}?person={robot.pk}" in page


def queries_of(browser, name):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(reverse(name)).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["person-list", "role-list", "scope-tag-list", "api-key-list"])
def test_a_list_of_many_costs_no_more_queries(as_alice, alice, name):
    def one_more(number):
        tag = ScopeTag.objects.create(name=f"Tag {number}")
        one = Role.objects.create(key=f"role-{number}", name=f"Role {number}", permissions=["read_device"])
        person = Person.objects.create(username=f"member-{number}")
        person.roles.add(one)
        person.scope_tags.add(tag)
        make_api_key(person, name="script", by=alice, role=one, scope_tags=[tag])

    one_more(0)
    as_alice.get(reverse(name))
    once = queries_of(as_alice, name)
    for number in range(1, 11):
        one_more(number)
    assert queries_of(as_alice, name) == once
