from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.tokens.open_token_file import server_mark
from enrollment.apple.token_file import Credentials
from enrollment.encryption import decrypt
from enrollment.models import AuditEntry, Person, SyncTrigger, Token, TokenDraft
from enrollment.models.scope_choice import NoneOfTheirs, lacks_one_of_theirs


class Missing(StrEnum):
    """What keeps a draft from becoming a token (TOK-7)."""

    CONSENT = gettext_noop("The consent to send information to Apple is missing.")
    CERTIFICATE = gettext_noop("The public key has not been downloaded yet.")
    NAME = gettext_noop("The token has no name yet.")
    NAME_TAKEN = gettext_noop("Another token has this name already.")
    APPLE_ID = gettext_noop("The Apple ID is missing.")
    FILE = gettext_noop("The token file (.p7m) is missing.")
    SCOPE = NoneOfTheirs.sentence
    ROOM = gettext_noop("This installation has 2,000 tokens already, which is the limit.")


class DraftIncomplete(Exception):
    """Something is missing; `missing` says what."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def what_is_missing(draft: TokenDraft) -> list[Missing]:
    """In the order of the wizard; read by its review page, the verb and the command line alike."""
    has_key = draft.key_pairs.filter(downloaded_at__isnull=False).exists()
    found = {
        Missing.CONSENT: draft.consented_at is None,
        Missing.CERTIFICATE: not has_key,
        Missing.NAME: not draft.name,
        Missing.NAME_TAKEN: Token.objects.filter(name=draft.name).exists(),
        Missing.APPLE_ID: not draft.apple_id,
        Missing.FILE: not draft.sealed_credentials,
        Missing.SCOPE: lacks_one_of_theirs(draft),
        Missing.ROOM: Token.objects.count() >= limits.TOKENS_PER_INSTALLATION,
    }
    return [what for what, is_missing in found.items() if is_missing]


def connect_token(draft: TokenDraft, *, by: Person | None) -> Token:
    """Make the draft a token with its first sync asked for; DraftIncomplete says what is missing.

    Apple is not asked here: the door calls verify_token next, and what the person entered is safe by then (TOK-8).
    """
    if missing := what_is_missing(draft):
        raise DraftIncomplete(missing)
    sealed = bytes(draft.sealed_credentials or b"")
    credentials = Credentials.from_json(decrypt(sealed).decode())
    try:
        with transaction.atomic():
            token = Token.objects.create(
                name=draft.name,
                apple_id=draft.apple_id,
                apple_url=draft.apple_url,
                sealed_credentials=sealed,
                server_mark=server_mark(draft.apple_url, credentials),
                consumer_key_end=credentials.tail,
                expires_at=credentials.expires_at,
            )
            token.scope_tags.set(draft.scope_tags.all())
            draft.key_pairs.update(draft=None, token=token)
            draft.delete()
            AuditEntry.record("token.connected", token, by=by, apple_id=token.apple_id, expires=str(token.expires_at))
            request_sync(token, by=by, trigger=SyncTrigger.FIRST)
    except IntegrityError:
        # The name or the server was taken a moment ago.
        raise DraftIncomplete(what_is_missing(draft) or [Missing.NAME_TAKEN]) from None
    return token
