"""A new key, and every secret under it."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db.models import BinaryField

from enrollment.actions.access import rotate_field_keys as verb
from enrollment.actions.access.rotate_field_keys import rotate_field_keys
from enrollment.encryption import KeyMissing, decrypt, encrypt
from enrollment.models import ActivationLock, AuditEntry, Token, TokenDraft, VppToken
from enrollment.models.sealed_columns import sealed_columns
from enrollment.models.sealed_text import seal, unseal
from tests.cast import a_token, a_vpp_token, credentials

pytestmark = pytest.mark.django_db

NOT_SECRET = {"pageinhand.packed"}


@pytest.fixture
def keys(settings):
    """The key that is on the ring, and a new one."""
    return settings.FIELD_KEYS[0], Fernet.generate_key().decode()


def test_every_secret_is_readable_with_the_new_key_alone(keys, settings, alice):
    old, new = keys
    held = credentials()
    token, vpp = a_token(held=held, sealed_session=encrypt(b"session")), a_vpp_token(sealed_token=encrypt(b"vpp"))
    TokenDraft.objects.create(owner=alice)  # nothing in it yet
    lock = ActivationLock.objects.create(token=token, serial="C02", sealed_bypass_code=encrypt(b"code"))
    factor = Authenticator.objects.create(user=alice, type="totp", data={"secret": seal("totp"), "used": [1, "plain"]})

    settings.FIELD_KEYS = [new, old]
    call_command("rotate_field_keys")
    settings.FIELD_KEYS = [new]

    for one in (token, vpp, lock, factor):
        one.refresh_from_db()
    assert decrypt(bytes(token.sealed_credentials)) == held.to_json().encode()
    assert decrypt(bytes(token.sealed_session)) == b"session"
    assert decrypt(bytes(vpp.sealed_token)) == b"vpp"
    assert decrypt(bytes(lock.sealed_bypass_code)) == b"code"
    assert unseal(factor.data["secret"]) == "totp"
    assert factor.data["used"] == [1, "plain"]


def test_done_again_it_changes_nothing(keys, settings):
    old, new = keys
    token = a_token()
    settings.FIELD_KEYS = [new, old]
    assert sum(one.rotated for one in rotate_field_keys(by=None)) >= 1
    sealed = bytes(Token.objects.get(pk=token.pk).sealed_credentials)
    assert sum(one.rotated for one in rotate_field_keys(by=None)) == 0
    assert bytes(Token.objects.get(pk=token.pk).sealed_credentials) == sealed


def test_many_go_in_portions(keys, settings, monkeypatch):
    old, new = keys
    monkeypatch.setattr(verb, "PORTION", 2)
    for _ in range(5):
        a_vpp_token()
    settings.FIELD_KEYS = [new, old]
    rotate_field_keys(by=None)
    settings.FIELD_KEYS = [new]
    assert all(decrypt(bytes(one.sealed_token)) for one in VppToken.objects.all())


def test_what_no_key_reads_is_told_and_left_as_it_is(keys, settings, capsys):
    _old, new = keys
    token = a_token()
    settings.FIELD_KEYS = [new]
    with pytest.raises(SystemExit):
        call_command("rotate_field_keys")
    assert "keep every old key" in capsys.readouterr().err
    with pytest.raises(KeyMissing):
        decrypt(bytes(Token.objects.get(pk=token.pk).sealed_credentials))


def test_neither_the_command_nor_the_log_says_a_secret(keys, settings, capsys):
    old, new = keys
    held = credentials()
    a_token(held=held)
    settings.FIELD_KEYS = [new, old]
    call_command("rotate_field_keys")
    said = capsys.readouterr().out + str(list(AuditEntry.objects.values("before", "after", "object_name")))
    assert "enrollment_token.sealed_credentials: 1 under the new key" in said
    for secret in (old, new, held.consumer_secret, held.access_secret):
        assert secret not in said


def test_what_somebody_has_put_there_meanwhile_stays(keys, settings, monkeypatch):
    """Renewed between reading and writing: the newer credentials are not overwritten by the older ones."""
    old, new = keys
    token = a_token()
    settings.FIELD_KEYS = [new, old]
    newer = encrypt(b"newer")

    def renewed_meanwhile(sealed):
        Token.objects.filter(pk=token.pk).update(sealed_credentials=newer)
        return encrypt(decrypt(sealed))

    monkeypatch.setattr(verb, "rotate", renewed_meanwhile)
    rotate_field_keys(by=None)
    assert bytes(Token.objects.get(pk=token.pk).sealed_credentials) == newer


def test_no_binary_column_is_forgotten():
    ours = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_app_config("enrollment").get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, BinaryField)
    }
    found = {f"{model._meta.model_name}.{column}" for model, column in sealed_columns()}
    assert ours <= found | NOT_SECRET
    assert "authenticator.data" in found
