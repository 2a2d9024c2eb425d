"""What Apple is asked with is stored sealed; without the key it was sealed with, nobody can be asked."""

from enrollment.apple.errors import AppleError, TokenFileError, gettext_noop


class CredentialsUnreadable(AppleError):
    """None of our keys reads what Apple would be asked with."""

    sentence = gettext_noop("The token cannot be read: FIELD_KEYS lacks the key it was stored with.")
    advice = gettext_noop(
        "Put the key back. If it is lost for good, renew this token: download a new public key there, upload it in the "
        "portal, and bring the file it gives."
    )


class ContentTokenUnreadable(CredentialsUnreadable):
    """None of our keys reads it."""

    sentence = gettext_noop("The content token cannot be read: FIELD_KEYS lacks the key it was stored with.")
    advice = gettext_noop("Put the key back, or download the content token of the location again and renew it here.")


class KeyPairUnreadable(TokenFileError):
    """What it was made for may be ours, but none of the keys of the ring reads the private key."""

    sentence = gettext_noop(
        "This file cannot be opened: FIELD_KEYS lacks the key that the private key for it was stored with."
    )
    advice = gettext_noop(
        "Put the key back. If it is lost for good, download a new public key here, upload it in the portal, and bring "
        "the file it then gives."
    )
