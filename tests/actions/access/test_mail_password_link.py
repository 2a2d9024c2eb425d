import re

import pytest

from enrollment.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora(alice):
    return Person.objects.create_user("dora", "dora@orchard.example", "an old password", language="fr")


def test_who_forgot_the_password_gets_a_mail_of_ours_in_their_language(client, dora, mailoutbox, settings):
    settings.BASE_URL = "https://pomona.example"
    client.post("/accounts/password/reset/", {"email": dora.email})
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([dora.email], "Un nouveau mot de passe dans Pomona")
    assert "Si ce n'était pas vous" in mail.body
    (link,) = re.findall(r"https://pomona\.example/\S+", mail.body)
    assert client.get(link.removeprefix("https://pomona.example"), follow=True).status_code == 200


def test_an_address_nobody_has_gets_no_mail(client, dora, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "nobody@orchard.example"})
    assert mailoutbox == []
