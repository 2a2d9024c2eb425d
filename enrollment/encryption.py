"""The key ring: what is secret is stored only as it leaves here."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyMissing(Exception):
    """None of the FIELD_KEYS can read this secret: the key it was written with is not on the ring."""


@cache
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(secret: bytes) -> bytes:
    """The secret under the first key of the ring."""
    return _ring(tuple(settings.FIELD_KEYS)).encrypt(secret)


def decrypt(sealed: bytes) -> bytes:
    """The secret, whichever key of the ring it was written with; KeyMissing when none of them fits."""
    try:
        return _ring(tuple(settings.FIELD_KEYS)).decrypt(sealed)
    except InvalidToken:
        raise KeyMissing from None


def is_current(sealed: bytes) -> bool:
    """Whether it is under the first key of the ring already."""
    try:
        _ring(tuple(settings.FIELD_KEYS[:1])).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def rotate(sealed: bytes) -> bytes:
    """The same secret under the first key of the ring."""
    try:
        return _ring(tuple(settings.FIELD_KEYS)).rotate(sealed)
    except InvalidToken:
        raise KeyMissing from None
