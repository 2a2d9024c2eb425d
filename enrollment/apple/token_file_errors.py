"""What a wrong upload is, by name (TOK-6): a sentence, and what to do instead."""

from enrollment.apple.errors import TokenFileError, gettext_noop


class EmptyFile(TokenFileError):
    """Nothing in it."""

    sentence = gettext_noop("This file is empty.")


class TooLarge(TokenFileError):
    """Above the bound for tokens."""

    sentence = gettext_noop("This file is too large for a server token (at most %(kilobytes)s KB).")


class NotATokenFile(TokenFileError):
    """Anything we do not know."""


class IsCertificate(TokenFileError):
    """The .pem that was downloaded here, or another certificate."""

    sentence = gettext_noop("This is a certificate (fingerprint %(fingerprint)s), not a token.")
    advice = gettext_noop(
        "The .pem file is what the portal wants from you. Upload it there, then bring back the file it gives: its name "
        "ends in .p7m."
    )


class IsPushCertificate(TokenFileError):
    """An APNs certificate."""

    sentence = gettext_noop("This is an Apple push certificate (APNs), not a server token.")


class IsPrivateKey(TokenFileError):
    """A private key has no business here."""

    sentence = gettext_noop("This is a private key, not a server token.")


class IsContentToken(TokenFileError):
    """A VPP token."""

    sentence = gettext_noop("This is a content token for apps and books (VPP), not a server token.")


class IsConfigurationProfile(TokenFileError):
    """A .mobileconfig, signed or not."""

    sentence = gettext_noop("This is a configuration profile (.mobileconfig), not a server token.")


class IsPlainToken(TokenFileError):
    """The decrypted JSON itself, which should not be lying about."""

    sentence = gettext_noop("This is a token that somebody has already decrypted.")
    advice = gettext_noop("Upload the encrypted file as the portal gave it, and delete the decrypted copy.")


class EncryptionNotSupported(TokenFileError):
    """AES-GCM, or a recipient who is no RSA key."""

    sentence = gettext_noop("This file is encrypted in a way Apple does not use for server tokens.")


class MadeForAnotherKey(TokenFileError):
    """None of the key pairs offered fits the recipient in the file."""

    sentence = gettext_noop("This token was made for another certificate than the one downloaded here.")
    advice = gettext_noop(
        "Upload the .pem of this page to the MDM server in the portal, save, download the token again, and bring it "
        "here."
    )


class MadeForKnownKey(MadeForAnotherKey):
    """The same, and the installation knows that other certificate."""

    sentence = gettext_noop(
        "This token was made for the certificate with fingerprint %(fingerprint)s, which belongs to “%(owner)s”."
    )


class TokenFileExpired(TokenFileError):
    """It opens, and its year is over."""

    sentence = gettext_noop("This token expired on %(expired_on)s.")
