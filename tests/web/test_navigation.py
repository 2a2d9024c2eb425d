"""What stands at the side of every page is what one may open, and it tells nothing else."""

import re

import pytest

from enrollment.models import Permission, Person, Role
from tests.cast import a_browser_of, a_device, a_run, a_token

pytestmark = pytest.mark.django_db


def allowed_only(*permissions):
    role = Role.objects.create(key="narrow", name="Narrow", permissions=[one.value for one in permissions])
    person = Person.objects.create(username="nora")
    person.roles.add(role)
    return a_browser_of(person)


@pytest.mark.parametrize("permission", Permission.values)
def test_every_link_at_the_side_can_be_opened(permission):
    browser = allowed_only(Permission(permission))
    side = browser.get("/").content.decode().partition("</nav>")[0]
    links = re.findall(r'<li><a href="([^"]+)"', side)
    assert "/access/keys/" in links
    for link in links:
        assert browser.get(link).status_code == 200, link


def test_the_home_page_tells_no_more_than_one_may_read():
    token = a_token(name="Quince", rejected_at="2026-01-01T00:00Z")
    a_device(token)
    a_run(token)
    page = allowed_only(Permission.MANAGE_ACCESS).get("/").content.decode()
    assert "Quince" not in page
