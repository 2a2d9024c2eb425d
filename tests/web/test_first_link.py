"""ROLE-4: the first administrator by a one-time link, which is printed at the first start."""

import pytest
from django.core.management import CommandError, call_command

from enrollment.actions.access.make_first_administrator import LinkIsVoid, make_first_administrator
from enrollment.actions.access.make_first_link import make_first_link
from enrollment.models import AuditEntry, Installation, Permission, Person
from tests.cast import a_person

pytestmark = pytest.mark.django_db
EVE = {"name": "eve", "email": "eve@orchard.example", "password": "a long password", "again": "a long password"}


@pytest.fixture
def link():
    return f"/first/{make_first_link()}/"


def test_the_link_makes_the_first_administrator_and_signs_them_in(client, link):
    assert "The first administrator" in client.get(link).content.decode()
    assert client.post(link, EVE).headers["Location"] == "/"

    eve = Person.objects.get()
    assert Permission.MANAGE_ACCESS in eve.allowed
    assert eve.sees_everything
    assert client.get("/").status_code == 200
    told = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["installation.first_link_made", "person.added", "person.signed_in"]


def test_it_works_once(client, link):
    client.post(link, EVE)
    client.post("/accounts/logout/")
    assert client.get(link).status_code == 404
    assert client.post(link, {**EVE, "name": "mallory"}).status_code == 404
    assert Person.objects.count() == 1


def test_it_is_void_for_good_once_there_is_an_administrator(client, link):
    boss = a_person("boss", "administrator")
    assert client.get(link).status_code == 404
    Person.objects.filter(pk=boss.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    with pytest.raises(LinkIsVoid):
        make_first_administrator(link.split("/")[2], name="mallory", email="", password="x")


def test_it_is_void_once_a_superuser_was_made_at_the_machine(client, link):
    Person.objects.create_superuser("root")
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("secret", ["x", "None", "0" * 43])
def test_any_other_link_is_none(client, link, secret):
    assert client.get(f"/first/{secret}/").status_code == 404


def test_without_a_link_printed_there_is_none(client, db):
    assert client.get("/first/x/").status_code == 404


def test_a_new_link_makes_the_one_before_void(client, link):
    new = f"/first/{make_first_link()}/"
    assert client.get(link).status_code == 404
    assert client.get(new).status_code == 200


def test_only_its_hash_is_kept(link):
    secret = link.split("/")[2]
    assert secret not in Installation.this().hashed_first_link
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"again": "another password"}, "The two passwords are not the same."),
        ({"password": "short", "again": "short"}, "at least 10 characters"),
        ({"password": "password12", "again": "password12"}, "too common"),
        ({"name": "two words"}, "Enter a valid username"),
        ({"name": "nul\x00"}, "Null characters are not allowed."),
        ({"email": "none"}, "Enter a valid email address."),
        ({"name": "bob"}, "There is a person of this name already."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(client, bob, link, change, sentence):
    answer = client.post(link, {**EVE, **change})
    page = answer.content.decode()
    assert sentence in page
    assert f'value="{({**EVE, **change})["email"]}"' in page
    assert Person.objects.count() == 1
    assert client.get(link).status_code == 200


def test_the_command_prints_it_anew(client, capsys):
    call_command("first_link")
    printed = capsys.readouterr().out.strip()
    assert printed.startswith("http://localhost:8000/first/")
    assert client.get(printed.removeprefix("http://localhost:8000")).status_code == 200


def test_the_command_says_when_there_is_an_administrator(alice):
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("first_link")


def test_the_sign_in_page_says_what_to_do_while_nobody_can_sign_in(client):
    assert "manage.py first_link" in client.get("/accounts/login/").content.decode()
    a_person("bob", "helpdesk")
    assert "manage.py first_link" not in client.get("/accounts/login/").content.decode()
