"""For secrets that a library keeps in columns of text: sealed by the key ring like all others."""

from enrollment.encryption import decrypt, encrypt


def seal(text: str) -> str:
    return encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """KeyMissing when none of the keys fits."""
    return decrypt(sealed.encode()).decode()
