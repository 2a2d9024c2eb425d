"""REN-1 to REN-5: a newer token takes the place of the one in use, tried out first, and nothing else changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.open_token_file import AlreadyConnected
from enrollment.actions.tokens.renew_token import (
    ExpiresEarlier,
    OtherServer,
    SameToken,
    _replace,
    check_renewal,
    renew_token,
)
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.errors import AppleError, TokenFileError
from enrollment.apple.token_file_errors import IsCertificate, MadeForAnotherKey, MadeForKnownKey
from enrollment.connection import stored_credentials
from enrollment.models import AuditEntry, ScopeTag, SyncKind, SyncRun, SyncStatus, Token, TokenStatus
from tests.cast import a_profile, a_run, a_token_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(world, token):
    """The token's server, which has its public key."""
    server = world.servers[0]
    server.upload_certificate(make_key_pair(token, by=None).certificate_pem.encode())
    return server


def renew(token, data, **changes):
    said = {"apple_id": "new@orchard.example", "scope_tags": [], "by": None, **changes}
    renew_token(token, data, **said)
    token.refresh_from_db()


def test_ren_5_a_newer_token_takes_the_place_and_everything_else_stays(world, token, server, alice):
    world.add_devices(server, 3)
    sync_devices(a_run(token))
    token.refresh_from_db()
    profile = a_profile(token, apple_uuid="A" * 32)
    cursor, tag = token.cursor, ScopeTag.objects.create(name="Lyon")
    before = stored_credentials(token)

    renew(token, server.download_token(), scope_tags=[tag], by=alice)

    after = stored_credentials(token)
    assert after.consumer_key == before.consumer_key
    assert after.access_token != before.access_token
    assert token.apple_id == "new@orchard.example"
    assert token.expires_at == after.expires_at
    assert (token.cursor, token.devices.count(), token.profiles.get()) == (cursor, 3, profile)
    assert profile.current.apple_uuid == "A" * 32
    assert list(token.scope_tags.all()) == [tag]
    assert verify_token(token)

    entry = AuditEntry.objects.get(action="token.renewed", person=alice)
    assert entry.before["apple_id"] == "admin@orchard.example"
    for secret in (after.access_token, after.access_secret, after.consumer_secret):
        assert secret not in f"{entry.before}{entry.after}"


def test_of_two_renewals_at_once_the_one_that_ends_later_stays(world, token, server, alice):
    """The other one was tried out before the first was even downloaded, and is written after it."""
    now = timezone.now()
    world.clock = lambda: now - timedelta(hours=1)
    Token.objects.update(expires_at=now + timedelta(days=30))
    token.refresh_from_db()
    looked_at_before = Token.objects.get(pk=token.pk)
    earlier = server.download_token()
    world.clock = timezone.now
    tried_out = check_renewal(looked_at_before, earlier, by=alice)
    renew(token, server.download_token(), by=alice)
    with pytest.raises(ExpiresEarlier):
        _replace(looked_at_before, tried_out, "admin@orchard.example", set(), alice)
    assert stored_credentials(token).access_token == server.access_token


def test_a_rejected_token_is_well_again(world, token, server):
    data = server.download_token()
    assert verify_token(token) is False, "downloading ends the current one at once"
    token.refresh_from_db()
    assert token.status == TokenStatus.REJECTED
    renew(token, data)
    assert (token.status, token.trouble_sentence) == (TokenStatus.ACTIVE, "")


def test_an_earlier_and_a_new_key_pair_both_open_the_file(token, server):
    early = server.download_token()
    server.upload_certificate(make_key_pair(token, by=None).certificate_pem.encode())
    renew(token, server.download_token())
    with pytest.raises((SameToken, ExpiresEarlier, AppleError)):
        renew(token, early)  # it opens: what is wrong with it is its age


def test_a_file_for_a_key_of_another_installation(world, token, server):
    other = a_token_at(_Url(token), world.add_server("Elsewhere"), name="Elsewhere")
    server.upload_certificate(make_key_pair(other, by=None).certificate_pem.encode())
    with pytest.raises(MadeForAnotherKey, match="Elsewhere"):
        renew(token, server.download_token())


class _Url:
    """An Apple with the address of the token's."""

    def __init__(self, token):
        self.url = token.apple_url


@pytest.mark.parametrize("data", [b"", b"hello"])
def test_what_is_no_token(token, server, data):
    with pytest.raises(TokenFileError):
        renew(token, data)


def test_the_public_key_instead_of_the_token_is_named(token, server):
    with pytest.raises(IsCertificate):
        renew(token, token.key_pair.certificate_pem.encode())


def test_ren_4_one_that_expires_earlier_is_refused(token, server):
    token.expires_at = timezone.now() + timedelta(days=800)
    token.save()
    with pytest.raises(ExpiresEarlier):
        renew(token, server.download_token())


def test_the_very_token_in_use_is_refused(token, server):
    data = server.download_token()
    renew(token, data)
    with pytest.raises(SameToken):
        renew(token, data)


def of_another_server(world, token):
    other = world.add_server("Another")
    other.upload_certificate(token.key_pair.certificate_pem.encode())
    return other


def test_ren_4_another_server_is_refused_and_nothing_is_replaced(world, token, server):
    before = (token.sealed_credentials, token.server_mark, token.expires_at)
    with pytest.raises(OtherServer):
        renew(token, of_another_server(world, token).download_token())
    token.refresh_from_db()
    assert (token.sealed_credentials, token.server_mark, token.expires_at) == before


def test_ren_4_the_same_key_with_another_server_uuid_is_another_server(world, token, server):
    assert verify_token(token)
    before = stored_credentials(token)
    server.uuid = "F" * 32
    with pytest.raises(OtherServer):
        renew(token, server.download_token())
    assert stored_credentials(token) == before
    renew(token, server.download_token(), other_server=True)
    assert token.server_uuid == "F" * 32


def test_ren_4_confirmed_the_other_server_begins_anew(world, token, server):
    world.add_devices(server, 2)
    sync_devices(a_run(token))
    profile = a_profile(token, apple_uuid="A" * 32)
    other = of_another_server(world, token)
    renew(token, other.download_token(), other_server=True)
    profile.current.refresh_from_db()
    assert token.cursor == ""
    assert token.full_because
    assert token.next_sync_at <= timezone.now()
    assert token.server_name == "Another"
    assert profile.current.apple_uuid == "", "the other server does not know it"
    assert AuditEntry.objects.get(action="token.renewed").after["other_server"] is True


def test_ren_4_an_open_sync_begins_anew_at_the_other_server_and_stores_nothing_of_the_one_before(world, token, server):
    world.add_devices(server, 3_000)
    other = of_another_server(world, token)
    world.add_devices(other, 5)
    run, asked = a_run(token), []

    def renewed_with_the_second_page_in_hand() -> bool:
        asked.append(1)
        if len(asked) == 2:
            renew(token, other.download_token(), other_server=True)
        return False

    sync_devices(run, stop=renewed_with_the_second_page_in_hand)
    assert token.devices.count() == 1_000
    sync_devices(SyncRun.objects.get(pk=run.pk))
    run.refresh_from_db()
    assert (run.status, run.kind) == (SyncStatus.DONE, SyncKind.FULL)
    assert token.devices.present().count() == 5


def test_a_server_that_is_connected_already_is_refused_whatever_is_confirmed(world, token, server):
    other = of_another_server(world, token)
    other.issue_token()
    a_token_at(_Url(token), other, name="Second")
    with pytest.raises(AlreadyConnected, match="Second"):
        renew(token, other.download_token(), other_server=True)


def test_what_is_not_seen_is_not_named(world, token, server, charlie):
    token.scope_tags.set(charlie.scope_tags.all())
    other = of_another_server(world, token)
    other.issue_token()
    second = a_token_at(_Url(token), other, name="Second")
    with pytest.raises(AlreadyConnected, match="as “…”"):
        renew(token, other.download_token(), other_server=True, by=charlie)
    other.upload_certificate(make_key_pair(second, by=None).certificate_pem.encode())
    with pytest.raises(MadeForAnotherKey) as refused:
        renew(token, other.download_token(), by=charlie)
    assert "Second" not in f"{refused.value.details}"
    with pytest.raises(MadeForKnownKey, match="Second"):
        renew(token, other.download_token())


@pytest.mark.parametrize("fault", ["terms_before_session", "terms_after_session", "token_rejected", "503"])
def test_ren_4_when_apple_says_no_nothing_is_replaced(world, token, server, fault):
    data = server.download_token()
    before = stored_credentials(token)
    world.faults.add(fault)
    with pytest.raises(AppleError):
        renew(token, data)
    assert stored_credentials(token) == before
    world.faults.clear()
    renew(token, data)


def test_ren_5_a_sync_that_runs_meanwhile_goes_on_with_the_new_token(world, token, server):
    world.add_devices(server, 3_500)
    run, pages = a_run(token), []

    def renewed_after_the_first_page() -> bool:
        pages.append(1)
        if len(pages) == 1:
            renew(token, server.download_token())
        return False

    sync_devices(run, stop=renewed_after_the_first_page)
    run.refresh_from_db()
    token.refresh_from_db()
    assert run.status == SyncStatus.DONE
    assert token.devices.count() == 3_500
    assert token.status == TokenStatus.ACTIVE
