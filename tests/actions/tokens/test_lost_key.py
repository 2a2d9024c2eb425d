"""The key that tokens are stored with is not on the ring any more: that is said, and over when it is back."""

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from enrollment.actions.devices.refresh_device import refresh_device
from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.diagnosis.ask_apple_now import ask_apple_now
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.open_token_file import open_token_file
from enrollment.actions.tokens.renew_token import renew_token
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.unreadable import CredentialsUnreadable, KeyPairUnreadable
from enrollment.models import AuditEntry, SyncStatus, TokenStatus
from tests.cast import a_device

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lost_key(token, settings):
    """What was on the ring."""
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    return keys


def test_a_token_that_no_key_reads_says_so_and_is_looked_at_again_in_an_hour(token, world, lost_key, settings):
    assert verify_token(token) is False
    assert world.calls == [], "nothing could be asked"
    token.refresh_from_db()
    assert token.status == TokenStatus.UNREACHABLE
    assert token.trouble_sentence == CredentialsUnreadable.sentence
    assert "FIELD_KEYS" in token.trouble_sentence
    assert (token.next_probe_at - timezone.now()).total_seconds() > 3500
    settings.FIELD_KEYS = lost_key
    assert verify_token(token) is True
    token.refresh_from_db()
    assert (token.status, token.trouble_sentence) == (TokenStatus.ACTIVE, "")


def test_a_sync_fails_with_the_reason_and_does_not_begin_again_and_again(token, lost_key):
    run = request_sync(token, by=None)
    sync_devices(run)
    run.refresh_from_db()
    assert (run.status, run.trouble_sentence) == (SyncStatus.FAILED, CredentialsUnreadable.sentence)


def test_whoever_asks_apple_hears_the_reason(token, alice, lost_key):
    with pytest.raises(CredentialsUnreadable):
        refresh_device(a_device(token), by=alice)
    (answer,) = ask_apple_now(["C02000000001"], [token])
    assert isinstance(answer.refusal, CredentialsUnreadable)


def test_a_renewal_mends_it_with_a_new_public_key(token, server, alice, settings):
    """The file for the old one cannot be opened any more, and says so; that there is an old one keeps nothing out."""
    server.upload_certificate(make_key_pair(token, by=alice).certificate_pem.encode())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(KeyPairUnreadable):
        renew_token(token, server.download_token(), apple_id="a@orchard.example", by=alice)
    assert AuditEntry.objects.filter(action="token.renewal_refused").exists()

    server.upload_certificate(make_key_pair(token, by=alice).certificate_pem.encode())
    renew_token(token, server.download_token(), apple_id="a@orchard.example", by=alice)
    assert verify_token(token) is True


def test_a_draft_whose_private_key_no_key_reads_says_so(world, settings, alice):
    draft, server = start_token(by=alice), world.add_server("Lyon")
    server.upload_certificate(draft.key_pairs.get().certificate_pem.encode())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(KeyPairUnreadable) as error:
        open_token_file(draft, server.download_token(), "t.p7m", by=alice)
    assert "FIELD_KEYS" in error.value.sentence


def test_a_session_that_no_key_reads_is_made_anew(token, world, settings):
    """As when it was stored under a key that has been retired since."""
    assert verify_token(token)
    others = [Fernet.generate_key().decode()]
    settings.FIELD_KEYS, kept = others + settings.FIELD_KEYS, settings.FIELD_KEYS
    type(token).objects.update(sealed_session=Fernet(others[0]).encrypt(b"session"))
    settings.FIELD_KEYS = kept
    assert verify_token(token) is True
