"""What ends, when and where something is done about it: for the time line and the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.revoke_api_key import revoke_api_key
from enrollment.actions.warnings.expiries import ExpiryKind, expiries
from enrollment.models import ApiKey, Person, Role, ScopeTag
from tests.cast import a_browser_of, a_profile, a_stored_certificate, a_token, a_vpp_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _new_year():
    with time_machine.travel(START, tick=False):
        yield


def within(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def names(person: Person | None, days: int = 730) -> list[str]:
    return [expiry.name for expiry in expiries(person, within(days))]


def test_all_that_ends_is_told_the_earliest_first(alice):
    make_api_key(alice, name="Night job", by=alice, days=30)
    vpp_token = a_vpp_token(name="Licences", days=20)
    token = a_token(name="Shops", expires_at=within(40))
    profile = a_profile(token, anchor_certificates=[a_stored_certificate("Orchard CA", days=50)])
    found = expiries(alice, within(60))
    assert [(expiry.kind, expiry.name, expiry.days_left(timezone.now())) for expiry in found] == [
        (ExpiryKind.VPP_TOKEN, "Licences", 20),
        (ExpiryKind.API_KEY, "Night job", 30),
        (ExpiryKind.TOKEN, "Shops", 40),
        (ExpiryKind.CERTIFICATE, "Orchard CA", 50),
    ]
    assert [expiry.link for expiry in found] == [
        reverse("vpp-token-detail", args=[vpp_token.pk]),
        f"{reverse('api-key-list')}?show=all&q={ApiKey.objects.get().beginning}",
        reverse("token-detail", args=[token.pk]),
        reverse("profile-detail", args=[profile.pk]),
    ]
    assert names(None, 60) == ["Licences", "Night job", "Shops", "Orchard CA"], "the clock sees the same"


def test_what_ends_later_is_not_told_and_what_is_over_is(alice):
    a_token(name="Later", expires_at=within(91))
    a_token(name="Over", expires_at=within(-500))
    (over,) = expiries(alice, within(90))
    assert (over.name, over.has_expired(timezone.now()), over.days_left(timezone.now())) == ("Over", True, -500)


def test_a_renewed_token_is_the_same_expiry_at_a_later_time(alice):
    token = a_token(name="Shops", expires_at=within(5))
    (before,) = expiries(alice, within(730))
    token.expires_at = within(370)
    token.save()
    (after,) = expiries(alice, within(730))
    assert before.key == after.key
    assert after.expires_at - before.expires_at == timedelta(days=365)


def test_a_certificate_in_many_profiles_ends_once(alice):
    shared, token, other = a_stored_certificate("Orchard CA", days=50), a_token(), a_token()
    first = a_profile(token, name="Kiosk", pairing="certificate", host_certificates=[shared])
    a_profile(token, name="Till", anchor_certificates=[shared, shared])
    a_profile(token, name="Without")
    (found,) = [one for one in expiries(alice, within(100)) if one.kind == ExpiryKind.CERTIFICATE]
    assert [profile.name for profile in found.profiles] == ["Kiosk", "Till"]
    assert found.link == reverse("token-tab", args=[token.pk, "profiles"])
    assert "Kiosk, Till" in found.remedy

    a_profile(other, name="Van", anchor_certificates=[shared])
    (found,) = [one for one in expiries(alice, within(100)) if one.kind == ExpiryKind.CERTIFICATE]
    day = f"{found.expires_at:%Y-%m-%d}"
    assert found.link == f"{reverse('profile-list')}?certificate_since={day}&certificate_until={day}"

    first.current.payload["supervising_host_certs"] = ["bm90IGEgY2VydGlmaWNhdGU="]
    first.current.save()
    assert "Kiosk" not in str([one.profiles for one in expiries(alice, within(100))]), "it was replaced"


def test_nobody_is_told_of_what_they_do_not_see_or_may_not_read(alice, charlie):
    a_profile(a_token(name="Shops", expires_at=within(9)), anchor_certificates=[a_stored_certificate("Orchard CA")])
    a_vpp_token(name="Licences")
    ours = a_token(name="Elsewhere", expires_at=within(20))
    ours.scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    assert names(charlie) == ["Elsewhere"]

    role = Role.objects.create(key="profiles", name="Profiles", permissions=["read_profile"])
    alice.roles.set([role])
    assert names(Person.objects.get(pk=alice.pk)) == ["Orchard CA"]


def test_keys_are_told_to_their_person_and_to_who_administers_them(alice, bob, charlie):
    make_api_key(bob, name="Bob's", by=bob, days=30)
    make_api_key(alice, name="Alice's", by=alice, days=40)
    make_api_key(alice, name="For ever", by=alice, days=None)
    assert names(bob) == ["Bob's"]
    assert names(alice) == ["Bob's", "Alice's"]
    assert names(charlie) == []


def test_a_key_that_was_revoked_replaced_or_left_behind_is_not_told(alice, bob):
    make_api_key(alice, name="Revoked", by=alice, days=30)
    revoke_api_key(ApiKey.objects.get(name="Revoked"), by=alice)
    make_api_key(bob, name="Left behind", by=bob, days=30)
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    for name in ("Replaced", "Forgotten"):
        make_api_key(alice, name=name, by=alice, days=30)
    with time_machine.travel(START + timedelta(days=40), tick=False):
        make_api_key(alice, name="Replaced", by=alice, days=None)
        (missed,) = expiries(alice, within(730))
        assert missed.name == "Forgotten"
        assert [key.name for key in a_browser_of(alice).get(missed.link).context["page"].rows] == ["Forgotten"]
    with time_machine.travel(START + timedelta(days=500), tick=False):
        assert names(alice) == [], "after a year nobody waits for its successor"


def test_words_are_in_the_language_of_the_reader(alice):
    a_token(name="Boutiques", expires_at=within(9))
    with translation.override("fr"):
        (expiry,) = expiries(alice, within(10))
        assert expiry.sentence == typeset("Le jeton « Boutiques » expire")
        assert expiry.remedy.startswith("Renouvelez")


def test_as_many_questions_for_eleven_of_each_as_for_one(alice):
    def one_of_each(number: int) -> None:
        certificate = a_stored_certificate(f"CA {number}")
        a_profile(a_token(expires_at=within(9)), anchor_certificates=[certificate])
        a_vpp_token()
        make_api_key(alice, name=f"Key {number}", by=alice, days=30)

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            for expiry in expiries(Person.objects.get(pk=alice.pk), within(730)):
                assert expiry.sentence
                assert expiry.remedy
        return len(captured)

    one_of_each(0)
    one = questions()
    for number in range(1, 11):
        one_of_each(number)
    assert len(names(alice)) == 44
    assert questions() == one
