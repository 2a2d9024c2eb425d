from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from enrollment.actions.tokens.note_success import note_success
from enrollment.actions.tokens.open_token_file import AlreadyConnected, named, open_with, server_mark
from enrollment.actions.tokens.verify_token import account_columns
from enrollment.apple.errors import AppleError, TokenFileError, gettext_noop
from enrollment.apple.messages import Account
from enrollment.apple.token_file import Credentials
from enrollment.apple.token_file_errors import MadeForAnotherKey
from enrollment.apple.unreadable import CredentialsUnreadable
from enrollment.connection import stored_credentials, try_out
from enrollment.encryption import encrypt
from enrollment.models import (
    AuditEntry,
    PageInHand,
    Person,
    ProfileRevision,
    ScopeTag,
    SeenSerials,
    SyncKind,
    SyncStatus,
    Token,
)
from enrollment.models.scope_choice import with_those_beyond
from enrollment.models.told_name import told_name

_OTHER_SERVER = gettext_noop("The token was replaced by one of another server.")


class OtherServer(TokenFileError):
    """Another MDM server of the portal: devices, profiles and cursor of ours are not its own (REN-4)."""

    sentence = gettext_noop("This token is of another MDM server than the one connected here (%(server)s).")
    advice = gettext_noop(
        "Download the token of the same server. Only if you mean to replace the server, confirm it in so many words."
    )


class ExpiresEarlier(TokenFileError):
    """Older than the one in use (REN-4)."""

    sentence = gettext_noop("This token expires on %(day)s, earlier than the one in use.")
    advice = gettext_noop("It is an older download. Bring the file of the newest one.")


class SameToken(TokenFileError):
    """The very file that is in use."""

    sentence = gettext_noop("This is the token that is in use already.")
    advice = gettext_noop("In the portal choose Download token once more, and bring the new file.")


@dataclass(frozen=True)
class Preflight:
    """What was found out about a new token before anything is replaced."""

    credentials: Credentials
    account: Account
    is_other_server: bool


def check_renewal(token: Token, data: bytes, *, other_server: bool = False, by: Person | None) -> Preflight:
    """Decrypt, compare and ask Apple, and change nothing (REN-4). A TokenFileError or an AppleError says what is wrong.

    `other_server`: the person has said in so many words that the server is to be replaced.
    """
    new = _opened(token, data, by)
    if new == _present(token):
        raise SameToken
    if new.expires_at < token.expires_at:
        raise ExpiresEarlier(day=new.expires_at.date().isoformat())
    mark = server_mark(token.apple_url, new)
    if other := Token.objects.filter(server_mark=mark).exclude(pk=token.pk).first():
        raise AlreadyConnected(name=told_name(other, by))
    if mark != token.server_mark and not other_server:
        raise OtherServer(server=token.server_name or token.name)
    with try_out(token.apple_url, new) as apple:
        apple.session()
        account = apple.account()
    is_other = mark != token.server_mark or account.server_uuid != (token.server_uuid or account.server_uuid)
    if is_other and not other_server:
        raise OtherServer(server=token.server_name or token.name)
    return Preflight(new, account, is_other)


def _present(token: Token) -> Credentials | None:
    """What it is renewed from; None when no key reads it any more, which a renewal mends."""
    try:
        return stored_credentials(token)
    except CredentialsUnreadable:
        return None


def _opened(token: Token, data: bytes, by: Person | None) -> Credentials:
    """With any of the token's own key pairs: the one of the beginning, or a newer one."""
    try:
        return open_with(token.key_pairs.all(), data).credentials
    except MadeForAnotherKey as error:
        raise named(error, data, by=by) from None


def renew_token(
    token: Token,
    data: bytes,
    *,
    apple_id: str,
    scope_tags: Iterable[ScopeTag] | None = None,
    other_server: bool = False,
    by: Person | None,
) -> None:
    """Replace the token by a newer one; devices, profiles, cursor and history stay (REN-5). Errors of check_renewal.

    Without scope tags it keeps those it has.
    """
    try:
        found = check_renewal(token, data, other_server=other_server, by=by)
    except (TokenFileError, AppleError) as error:
        AuditEntry.record_refusal("token.renewal_refused", token, error, by=by)
        raise
    tags = set(token.scope_tags.all() if scope_tags is None else with_those_beyond(token, list(scope_tags), by))
    try:
        _replace(token, found, apple_id, tags, by)
    except ExpiresEarlier as error:
        AuditEntry.record_refusal("token.renewal_refused", token, error, by=by)
        raise


def _replace(token: Token, found: Preflight, apple_id: str, tags: set[ScopeTag], by: Person | None) -> None:
    """All at once; ExpiresEarlier when another renewal was quicker, and brought one that lasts longer."""
    before = {
        "apple_id": token.apple_id,
        "expires": str(token.expires_at),
        "scope_tags": sorted(tag.name for tag in token.scope_tags.all()),
    }
    with transaction.atomic():
        _write(token, found, apple_id)
        token.scope_tags.set(tags)
        note_success(token)
        if found.is_other_server:
            _begin_anew(token)
        AuditEntry.record(
            "token.renewed",
            token,
            by=by,
            before=before,
            apple_id=apple_id,
            expires=str(token.expires_at),
            scope_tags=sorted(tag.name for tag in tags),
            other_server=found.is_other_server,
        )


def _write(token: Token, found: Preflight, apple_id: str) -> None:
    ends = found.credentials.expires_at
    changed = Token.objects.filter(pk=token.pk, expires_at__lte=ends).update(
        apple_id=apple_id,
        sealed_credentials=encrypt(found.credentials.to_json().encode()),
        # Every process asks for a session of the new token from now on.
        sealed_session=None,
        server_mark=server_mark(token.apple_url, found.credentials),
        consumer_key_end=found.credentials.tail,
        expires_at=ends,
        **account_columns(found.account),
    )
    if not changed:
        raise ExpiresEarlier(day=ends.date().isoformat())


def _begin_anew(token: Token) -> None:
    """Another server has other devices, and none of our profiles: a full sync, and profiles are defined again."""
    Token.objects.filter(pk=token.pk).update(cursor="", full_because=_OTHER_SERVER, next_sync_at=timezone.now())
    ProfileRevision.objects.filter(profile__token=token).update(apple_uuid="", defined_at=None)
    # An open sync begins anew as well; a worker that has it in its hands writes nothing more.
    PageInHand.objects.filter(run__token=token).delete()
    SeenSerials.objects.filter(token=token).delete()
    anew = {"kind": SyncKind.FULL, "cursor": "", "pages": 0, "continues": None, "attempt": F("attempt") + 1}
    token.sync_runs.open().update(**anew, because=_OTHER_SERVER)
    token.sync_runs.filter(status=SyncStatus.RUNNING).update(status=SyncStatus.QUEUED)
    token.refresh_from_db()
