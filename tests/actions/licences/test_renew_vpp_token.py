"""A newer content token takes the place of the one in use, tried out first; profiles and licences stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.licences.add_vpp_token import VppNameTaken, VppTokenKnown
from enrollment.actions.licences.edit_vpp_token import edit_vpp_token
from enrollment.actions.licences.read_licences import read_licences
from enrollment.actions.licences.renew_vpp_token import OtherLocation, SameContentToken, renew_vpp_token
from enrollment.actions.tokens.renew_token import ExpiresEarlier
from enrollment.apple.apps_and_books_errors import ContentTokenRevoked
from enrollment.apple.content_token import ContentTokenExpired, NotAContentToken
from enrollment.apple.errors import Unreachable
from enrollment.encryption import decrypt
from enrollment.models import AuditEntry, Licences, ScopeTag, VppToken, VppTokenStatus
from tests.cast import a_profile, a_token, a_vpp_token, a_vpp_token_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def location(world):
    return world.add_location("Caen")


@pytest.fixture
def licences(apple, location, world):
    """A VPP token of the location that was read, a while ago."""
    now = timezone.now()
    world.clock = lambda: now - timedelta(days=30)
    token = a_vpp_token_at(apple, location, name="Orchard licences")
    world.clock = timezone.now
    read_licences(token)
    token.refresh_from_db()
    return token


def test_a_newer_one_takes_its_place_and_everything_else_stays(licences, location, alice):
    settings = {"affinity": "with", "method": "company_portal", "company_portal_vpp": licences.pk}
    profile = a_profile(a_token(), **settings)
    count, file = licences.licences.count(), location.download_token()
    VppToken.objects.update(rejected_at=timezone.now(), trouble_sentence="no", failures=3)
    renew_vpp_token(licences, file, by=alice)
    licences.refresh_from_db()
    assert decrypt(bytes(licences.sealed_token)) == file
    assert licences.expires_at == location.tokens[-1].expires_at
    assert (licences.status, licences.trouble_sentence, licences.failures) == (VppTokenStatus.ACTIVE, "", 0)
    assert licences.licences.count() == count
    assert licences.next_read_at is None, "and is read at once"
    assert profile.settings["company_portal_vpp"] == licences.pk
    entry = AuditEntry.objects.get(action="vpp_token.renewed", person=alice)
    assert entry.before["expires"] < entry.after["expires"]
    assert file.decode() not in f"{entry.before}{entry.after}"
    assert read_licences(licences)


def test_one_of_another_location_is_refused_unless_confirmed(licences, world, alice):
    other = world.add_location("Lyon", licences=[])
    file = other.download_token()
    with pytest.raises(OtherLocation, match=r"another location \(Lyon\) than the one in use \(Caen\)"):
        renew_vpp_token(licences, file, by=alice)
    licences.refresh_from_db()
    assert licences.location_name == "Caen"
    assert AuditEntry.objects.get(action="vpp_token.renewal_refused").result == "refused"
    renew_vpp_token(licences, file, other_location=True, by=alice)
    licences.refresh_from_db()
    assert (licences.location_name, licences.read_at, Licences.objects.count()) == ("Lyon", None, 0)
    assert AuditEntry.objects.get(action="vpp_token.renewed").after["other_location"] is True


def test_the_same_file_an_earlier_one_an_expired_one_and_none_are_refused(licences, location, alice, world):
    now = timezone.now()
    world.clock = lambda: now - timedelta(days=60)
    earlier = location.download_token()
    world.clock = lambda: now - timedelta(days=400)
    expired = location.download_token()
    world.clock = lambda: now
    for data, kind in (
        (decrypt(bytes(licences.sealed_token)), SameContentToken),
        (earlier, ExpiresEarlier),
        (expired, ContentTokenExpired),
        (b"hello", NotAContentToken),
    ):
        with pytest.raises(kind):
            renew_vpp_token(licences, data, by=alice)
    assert AuditEntry.objects.filter(action="vpp_token.renewal_refused").count() == 4


def test_of_two_renewals_at_once_the_one_that_ends_later_stays(licences, location, alice, world):
    """The other one was looked at before the first was kept, and is written after it."""
    looked_at_before = VppToken.objects.get(pk=licences.pk)
    now = timezone.now()
    world.clock = lambda: now - timedelta(days=1)
    earlier = location.download_token()
    world.clock = timezone.now
    later = location.download_token()
    renew_vpp_token(licences, later, by=alice)
    with pytest.raises(ExpiresEarlier):
        renew_vpp_token(looked_at_before, earlier, by=alice)
    licences.refresh_from_db()
    assert decrypt(bytes(licences.sealed_token)) == later
    assert AuditEntry.objects.get(action="vpp_token.renewal_refused").result == "refused"


def test_one_that_apple_says_ends_earlier_than_its_file_is_refused(licences, location, alice):
    file = location.download_token()
    location.tokens[-1].expires_at = timezone.now() + timedelta(days=3)
    with pytest.raises(ExpiresEarlier):
        renew_vpp_token(licences, file, by=alice)


def test_one_that_is_here_under_another_name_is_refused(licences, location, apple, alice, charlie):
    other = a_vpp_token_at(apple, location, name="Other")
    file = decrypt(bytes(other.sealed_token))
    with pytest.raises(VppTokenKnown, match="“Other”"):
        renew_vpp_token(licences, file, by=alice)
    with pytest.raises(VppTokenKnown, match="“…”"):
        renew_vpp_token(licences, file, by=charlie)


def test_what_apple_says_no_to_replaces_nothing(licences, location, world, alice):
    before, file = bytes(licences.sealed_token), location.download_token()
    for kind, error in (("content_token_revoked", ContentTokenRevoked), ("hang_up", Unreachable)):
        world.faults.add(kind, times=1)
        with pytest.raises(error):
            renew_vpp_token(licences, file, by=alice)
    licences.refresh_from_db()
    assert bytes(licences.sealed_token) == before


def test_before_apple_ever_told_the_location_any_is_taken(apple, location, alice):
    token = a_vpp_token_at(apple, location)
    assert token.uid == ""
    file = location.download_token()
    location.tokens[-1].expires_at += timedelta(seconds=5)
    renew_vpp_token(token, file, by=alice)
    token.refresh_from_db()
    assert token.uid == location.uid


def test_it_is_tried_at_the_apple_it_was_added_with(location, alice):
    token = a_vpp_token(days=5)
    with pytest.raises(Unreachable):
        renew_vpp_token(token, location.download_token(), by=alice)


def test_name_and_scope_tags_are_edited_and_recorded(alice, charlie):
    token, tag = a_vpp_token(name="Old"), ScopeTag.objects.create(name="Lyon")
    edit_vpp_token(token, name="New", scope_tags=[tag], by=alice)
    entry = AuditEntry.objects.get(action="vpp_token.edited")
    assert entry.before == {"name": "Old", "scope_tags": []}
    assert entry.after == {"name": "New", "scope_tags": ["Lyon"]}
    edit_vpp_token(token, name="New", by=alice)
    assert AuditEntry.objects.filter(action="vpp_token.edited").count() == 1
    edit_vpp_token(token, scope_tags=charlie.scope_tags.all(), by=charlie)
    assert {one.name for one in token.scope_tags.all()} == {"Lyon", "Elsewhere"}, "what he does not see stays"
    a_vpp_token(name="Taken")
    with pytest.raises(VppNameTaken):
        edit_vpp_token(token, name="Taken", by=alice)
    assert token.name == "New"
