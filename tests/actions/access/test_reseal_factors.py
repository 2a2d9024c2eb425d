"""Second factors outlive a change of the field keys."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet

from enrollment.actions.access.reseal_factors import reseal_factors
from enrollment.encryption import KeyMissing
from enrollment.models.sealed_text import unseal


def test_secrets_are_read_with_the_new_key_alone_afterwards(alice, settings):
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    new = Fernet.generate_key().decode()

    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert reseal_factors() == 2
    assert reseal_factors() == 2
    settings.FIELD_KEYS = [new]

    assert unseal(Authenticator.objects.get(type="totp").data["secret"]) == secret
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes


def test_a_key_that_is_missing_is_told(alice, settings):
    TOTP.activate(alice, generate_totp_secret())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(KeyMissing):
        reseal_factors()
