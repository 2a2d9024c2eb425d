import pytest
from django.utils import timezone

from enrollment.actions.access.activate_person import activate_person
from enrollment.actions.access.deactivate_person import deactivate_person
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, AuditEntry, Person
from tests.cast import a_browser_of, a_person

pytestmark = pytest.mark.django_db


def test_a_deactivated_person_comes_in_no_more_nor_do_their_keys(alice, bob):
    key, browser = make_api_key(bob, name="script", by=alice), a_browser_of(bob)
    deactivate_person(bob, by=alice)
    assert ApiKey.objects.find(key, timezone.now()) is None
    assert browser.get("/").status_code == 302
    activate_person(bob, by=alice)
    assert ApiKey.objects.find(key, timezone.now()) is not None
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert [action for action in actions if action.startswith("person.")] == ["person.deactivated", "person.activated"]


def test_twice_is_once(alice, bob):
    deactivate_person(bob, by=alice)
    deactivate_person(bob, by=alice)
    assert AuditEntry.objects.filter(action="person.deactivated").count() == 1


def test_nobody_deactivates_themselves(alice):
    a_person("amy", "administrator")
    with pytest.raises(AccessRefused):
        deactivate_person(alice, by=alice)


def test_the_last_manager_stays(alice, lydia):
    with pytest.raises(AccessRefused):
        deactivate_person(alice, by=None)
    assert Person.objects.get(pk=alice.pk).is_active
    a_person("amy", "administrator")
    deactivate_person(alice, by=None)


def test_somebody_stronger_is_left_alone(gatekeeper, bob):
    with pytest.raises(AccessRefused):
        deactivate_person(bob, by=gatekeeper)
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(AccessRefused):
        activate_person(bob, by=gatekeeper)
