import hashlib
from collections.abc import Iterable

from django.db import transaction

from enrollment.apple.errors import TokenFileError, gettext_noop
from enrollment.apple.token_file import Credentials, KeyPair, Opened, open_token
from enrollment.apple.token_file_errors import MadeForAnotherKey, MadeForKnownKey
from enrollment.apple.unreadable import KeyPairUnreadable
from enrollment.apple.wrong_files import envelope_in
from enrollment.encryption import KeyMissing, decrypt, encrypt
from enrollment.models import AuditEntry, Person, Token, TokenDraft
from enrollment.models import KeyPair as StoredPair
from enrollment.models.told_name import UNTOLD, told_name


class AlreadyConnected(TokenFileError):
    """The server of this token is one of ours."""

    sentence = gettext_noop("This server is already connected as “%(name)s”.")
    advice = gettext_noop("To replace its token, renew that one.")


def server_mark(apple_url: str, credentials: Credentials) -> str:
    """Knows a server again: its consumer key stays the same for life, in one Apple."""
    return hashlib.sha256(f"{apple_url}\n{credentials.consumer_key}".encode()).hexdigest()


def read_token_file(draft: TokenDraft, data: bytes, *, by: Person | None) -> tuple[Opened, StoredPair]:
    """What is in the file, and which pair of the draft opened it; a TokenFileError with advice otherwise (TOK-6)."""
    stored = {pair.fingerprint: pair for pair in draft.key_pairs.all()}
    try:
        opened = open_with(stored.values(), data)
    except MadeForAnotherKey as error:
        raise named(error, data, by=by) from None
    mark = server_mark(draft.apple_url, opened.credentials)
    if known := Token.objects.filter(server_mark=mark).first():
        raise AlreadyConnected(name=told_name(known, by))
    return opened, stored[opened.key_pair.fingerprint]


def open_token_file(draft: TokenDraft, data: bytes, file_name: str, *, by: Person | None) -> Opened:
    """Decrypt an uploaded `.p7m` at once and keep what is in it, encrypted, on the draft."""
    try:
        opened, pair = read_token_file(draft, data, by=by)
    except TokenFileError as error:
        AuditEntry.record_refusal("token_draft.file_refused", draft, error, by=by, file=file_name)
        raise
    with transaction.atomic():
        draft.sealed_credentials = encrypt(opened.credentials.to_json().encode())
        draft.opened_with = pair
        draft.file_name = file_name[:250]
        draft.consumer_key_end = opened.credentials.tail
        draft.expires_at = opened.credentials.expires_at
        draft.save()
        AuditEntry.record(
            "token_draft.file_opened", draft, by=by, file=draft.file_name, expires=str(opened.credentials.expires_at)
        )
    return opened


def open_with(pairs: Iterable[StoredPair], data: bytes) -> Opened:
    """Decrypt it with whichever of these pairs it was made for; a TokenFileError otherwise.

    A pair whose private key no key of the ring reads keeps no other from opening it.
    """
    readable, is_one_lost = [], False
    for pair in pairs:
        try:
            readable.append(_opened_pair(pair))
        except KeyMissing:
            is_one_lost = True
    try:
        return open_token(data, readable)
    except MadeForAnotherKey:
        if is_one_lost:
            raise KeyPairUnreadable from None
        raise


def _opened_pair(pair: StoredPair) -> KeyPair:
    """A stored pair with its private key, for as long as it is needed."""
    return KeyPair(
        certificate_pem=pair.certificate_pem.encode(),
        private_key_pem=decrypt(bytes(pair.sealed_private_key)),
        fingerprint=pair.fingerprint,
        issuer_and_serial=pair.issuer_and_serial,
        subject_key_id=pair.subject_key_id,
    )


def named(error: MadeForAnotherKey, data: bytes, *, by: Person | None) -> TokenFileError:
    """Another draft's or token's certificate is named, where it is seen; a stranger's cannot be."""
    envelope = envelope_in(data)
    for pair in StoredPair.objects.filter(issuer_and_serial=envelope.recipient).select_related("draft", "token"):
        owner = pair.token or pair.draft
        if owner and (name := told_name(owner, by)) != UNTOLD:
            return MadeForKnownKey(fingerprint=pair.fingerprint, owner=name)
    return error
