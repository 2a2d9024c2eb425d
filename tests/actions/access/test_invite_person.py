import re

import pytest

from enrollment.actions.access.invite_person import invite_person
from enrollment.actions.access.save_person import save_person
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import AuditEntry, Person, Role

pytestmark = pytest.mark.django_db
PASSWORD = "an orchard in autumn"


@pytest.fixture
def dora(alice):
    roles = [Role.objects.get(key="helpdesk")]
    return save_person(None, by=alice, username="dora", roles=roles, email="dora@orchard.example", language="fr")


def test_a_link_lets_somebody_choose_a_password_once(alice, dora, client):
    invitation = invite_person(dora, by=alice)
    path = re.sub(r"^https?://[^/]+", "", invitation.link)
    form = client.get(path, follow=True)
    said = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(form.redirect_chain[-1][0], said)
    dora.refresh_from_db()
    assert dora.check_password(PASSWORD)
    client.post(client.get(path, follow=True).request["PATH_INFO"], {"password1": "x" * 20, "password2": "x" * 20})
    dora.refresh_from_db()
    assert dora.check_password(PASSWORD)


def test_it_is_mailed_in_their_language_and_never_written_down(alice, dora, mailoutbox):
    invitation = invite_person(dora, by=alice)
    assert invitation.is_mailed
    (mail,) = mailoutbox
    assert mail.to == ["dora@orchard.example"]
    assert invitation.link in mail.body
    assert "Votre compte" in mail.subject
    secret = invitation.link.rstrip("/").rpartition("-")[2]
    assert secret not in str(list(AuditEntry.objects.values("before", "after", "object_name")))


def test_without_an_address_the_link_is_passed_on_by_hand(alice, dora, mailoutbox):
    Person.objects.filter(pk=dora.pk).update(email="")
    assert not invite_person(Person.objects.get(pk=dora.pk), by=alice).is_mailed
    assert not mailoutbox


def test_nobody_gets_into_the_account_of_somebody_stronger(gatekeeper, bob):
    with pytest.raises(AccessRefused):
        invite_person(bob, by=gatekeeper)


def test_a_service_has_no_password(alice):
    service = save_person(None, by=alice, username="robot", roles=[Role.objects.get(key="helpdesk")], is_service=True)
    with pytest.raises(AccessRefused):
        invite_person(service, by=alice)
