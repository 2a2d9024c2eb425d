"""What a running demo keeps secret, read out of its database by the key ring; run as a process of its own."""

import json
import sys
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402

from enrollment.apple.token_file import Credentials  # noqa: E402
from enrollment.encryption import decrypt  # noqa: E402
from enrollment.models import ActivationLock, Token, TokenDraft  # noqa: E402
from enrollment.models.sealed_columns import holds_texts, sealed_columns  # noqa: E402


def secrets() -> dict[str, str]:
    """By where it is kept: every secret, or the part of it that gives it away."""
    found = {"SECRET_KEY": settings.SECRET_KEY}
    found |= {f"FIELD_KEYS {place}": key for place, key in enumerate(settings.FIELD_KEYS)}
    for model, column in sealed_columns():
        if holds_texts(model, column):
            continue
        for key, sealed in model.objects.values_list("pk", column):
            if sealed:
                found |= parts(f"{model.__name__}.{column} {key}", model, column, decrypt(bytes(sealed)))
    return found


def parts(where: str, model: type, column: str, secret: bytes) -> dict[str, str]:
    if model in (Token, TokenDraft) and column == "sealed_credentials":
        held = Credentials.from_json(secret.decode())
        names = ("consumer_secret", "access_token", "access_secret")
        return {f"{where} {name}": getattr(held, name) for name in names}
    if column == "sealed_private_key":
        lines = secret.decode().splitlines()
        return {f"{where} line {number}": lines[number] for number in (1, len(lines) // 2)}
    if column == "sealed_url":  # its host is told
        return {where: urlsplit(secret.decode()).path}
    if column.startswith("sealed_secret"):
        return {where: secret.decode().removeprefix("whsec_")}
    if column in ("sealed_audit_key", "sealed_bypass_code"):
        return {where: secret.hex()} if not secret.isascii() else {where: secret.decode()}
    return {where: secret.decode()}


def break_the_locks() -> None:
    """A code that cannot be read: asked for it, the program fails."""
    ActivationLock.objects.update(sealed_bypass_code=b"gAAAAbroken")


if __name__ == "__main__":
    if sys.argv[1:] == ["break"]:
        break_the_locks()
    else:
        print(json.dumps(secrets()))
