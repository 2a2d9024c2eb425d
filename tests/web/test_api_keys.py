import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.models import ApiKey, Person, Role, ScopeTag
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db


def shown_in(page):
    return re.search(r'<code id="new-key">(pomona_\S+)</code>', page)[1]


def test_a_key_is_made_used_and_revoked(as_bob, client):
    """As the page's own example says: what "done" means for issue 5."""
    a_device(a_token(name="Orchard"), serial="ABC123456789")
    answer = as_bob.post(reverse("api-key-new"), {"name": "script", "days": "30"})
    page = answer.content.decode()
    key = shown_in(page)
    assert "no-store" in answer.headers["Cache-Control"]
    assert f"Authorization: Bearer {key}" in page
    path = re.search(r'"http://localhost:8000(/api/[^"]+)"</code>', page)[1]
    told = client.get(path, headers={"Authorization": f"Bearer {key}"}).json()
    assert [device["serial"] for device in told["results"]] == ["ABC123456789"]
    made = ApiKey.objects.get()
    assert key not in as_bob.get(reverse("api-key-list")).content.decode()
    assert as_bob.get(reverse("api-key-revoke", args=[made.pk])).status_code == 200
    as_bob.post(reverse("api-key-revoke", args=[made.pk]))
    assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize(("said", "days"), [("30", 29), ("90", 89), ("365", 364), ("", None)])
def test_how_long_a_key_lasts(as_bob, said, days):
    as_bob.post(reverse("api-key-new"), {"name": "script", "days": said})
    expires_at = ApiKey.objects.get().expires_at
    assert (expires_at - timezone.now()).days == days if days else expires_at is None


def test_a_year_is_what_is_chosen_beforehand(as_bob):
    page = as_bob.get(reverse("api-key-new")).content.decode()
    assert re.search(r'<option value="365" selected', page)


def test_a_key_for_a_service_with_a_role_and_a_tag(as_alice):
    robot, tag = Person.objects.create(username="robot", is_service=True), ScopeTag.objects.create(name="Lyon")
    helpdesk = Role.objects.get(key="helpdesk")
    said = {"name": "inventory", "days": "90", "role": helpdesk.pk, "scope_tags": [tag.pk]}
    as_alice.post(f"{reverse('api-key-new')}?person={robot.pk}", said)
    made = ApiKey.objects.get()
    assert (made.person, made.role, list(made.scope_tags.all())) == (robot, helpdesk, [tag])


def test_a_nameless_key_is_not_made_and_what_is_chosen_stays(as_bob):
    page = as_bob.post(reverse("api-key-new"), {"name": "", "days": "90"}).content.decode()
    assert re.search(r'<option value="90" selected', page)
    assert not ApiKey.objects.exists()


def test_everybody_sees_their_own_and_who_manages_access_sees_all(as_alice, as_bob):
    as_alice.post(reverse("api-key-new"), {"name": "hers", "days": "90"})
    as_bob.post(reverse("api-key-new"), {"name": "his", "days": "90"})
    names = {browser: _names(browser, "") for browser in (as_alice, as_bob)}
    assert names == {as_alice: {"hers", "his"}, as_bob: {"his"}}
    assert _names(as_alice, "?show=mine") == {"hers"}
    assert _names(as_alice, "?q=bob") == {"his"}
    ApiKey.objects.update(revoked_at=timezone.now())
    assert _names(as_alice, "") == set()
    assert _names(as_alice, "?show=all") == {"hers", "his"}


def test_keys_are_found_by_their_end_and_whether_they_are_missed(as_alice, alice):
    for name, days in (("over", -3), ("soon", 3), ("later", 300), ("ever", None)):
        ends = timezone.now() + timedelta(days=days) if days else None
        ApiKey.objects.create(person=alice, name=name, hashed_key=name, expires_at=ends)
    ApiKey.objects.create(
        person=alice, name="gone", hashed_key="gone", expires_at=timezone.now(), revoked_at=timezone.now()
    )
    assert _names(as_alice, "") == {"soon", "later", "ever"}
    assert _names(as_alice, "?show=ending") == {"over", "soon", "later"}
    day = f"{timezone.localdate() + timedelta(days=9):%Y-%m-%d}"
    assert _names(as_alice, f"?expires_until={day}") == {"soon"}
    assert _names(as_alice, f"?show=ending&expires_until={day}") == {"over", "soon"}
    assert _names(as_alice, f"?show=all&expires_since={day}") == {"later"}
    assert _names(as_alice, "?expires_since=tomorrow") == set()
    page = as_alice.get(f"{reverse('api-key-list')}?show=ending&expires_until={day}").content.decode()
    assert f'value="{day}"' in page
    assert "Clear filters" in page
    ApiKey.objects.create(person=alice, name="over", hashed_key="new")
    assert "over" not in _names(as_alice, "?show=ending"), "it has a successor"


def _names(browser, query):
    return {key.name for key in browser.get(reverse("api-key-list") + query).context["page"].rows}
