import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.actions.licences.add_vpp_token import VppTokenKnown
from enrollment.actions.licences.note_location import WELL, location_columns
from enrollment.actions.tokens.renew_token import ExpiresEarlier
from enrollment.apple.assets import ClientConfig
from enrollment.apple.content_token import ContentToken, read_content_token
from enrollment.apple.errors import AppleError, TokenFileError, gettext_noop
from enrollment.connection import try_out_content
from enrollment.encryption import encrypt
from enrollment.models import AuditEntry, Person, VppToken
from enrollment.models.told_name import told_name


class OtherLocation(TokenFileError):
    """It speaks for other licences than those that profiles have chosen."""

    sentence = gettext_noop("This content token is of another location (%(new)s) than the one in use (%(location)s).")
    advice = gettext_noop(
        "Download the content token of the same location. Only if you mean to replace the location, confirm it in so "
        "many words."
    )


class SameContentToken(TokenFileError):
    """The very file that is in use."""

    sentence = gettext_noop("This is the content token that is in use already.")
    advice = gettext_noop("In the portal download the content token of the location once more, and bring the new file.")


@dataclass(frozen=True)
class Preflight:
    """What was found out about a new content token before anything is replaced."""

    read: ContentToken
    mark: str
    location: ClientConfig
    is_other_location: bool


def check_vpp_renewal(token: VppToken, data: bytes, *, other_location: bool = False, by: Person | None) -> Preflight:
    """Read, compare and ask Apple, and change nothing. A TokenFileError or an AppleError says what is wrong.

    `other_location`: the person has said in so many words that the location is to be replaced.
    """
    read = read_content_token(data, now=timezone.now())
    mark = hashlib.sha256(read.text.encode()).hexdigest()
    if mark == token.mark:
        raise SameContentToken
    if known := VppToken.objects.filter(mark=mark).first():
        raise VppTokenKnown(name=told_name(known, by))
    _check_end(token, read.expires_at)
    with try_out_content(token.apple_url, read.text) as apple:
        location = apple.client_config()
    if location.expires_at:
        _check_end(token, location.expires_at)
    is_other = bool(token.uid and location.uid and token.uid != location.uid)
    if is_other and not other_location:
        raise OtherLocation(new=location.location_name or location.uid, location=token.place or token.name)
    return Preflight(read, mark, location, is_other)


def _check_end(token: VppToken, expires_at: datetime) -> None:
    if expires_at < token.expires_at:
        raise ExpiresEarlier(day=expires_at.date().isoformat())


def renew_vpp_token(token: VppToken, data: bytes, *, other_location: bool = False, by: Person | None) -> None:
    """Replace the content token by a newer one; what profiles have chosen stays. Errors of check_vpp_renewal.

    Its licences stay as they were last told until they are read again, which is due at once.
    """
    try:
        found = check_vpp_renewal(token, data, other_location=other_location, by=by)
        _replace(token, found, by)
    except (TokenFileError, AppleError) as error:
        AuditEntry.record_refusal("vpp_token.renewal_refused", token, error, by=by)
        raise


def _replace(token: VppToken, found: Preflight, by: Person | None) -> None:
    """All at once; ExpiresEarlier when another renewal was quicker, and brought one that lasts longer."""
    columns = _columns(found)
    before = {"org_name": token.org_name, "location_name": token.location_name, "expires": str(token.expires_at)}
    try:
        with transaction.atomic():
            older = VppToken.objects.filter(pk=token.pk, expires_at__lte=columns["expires_at"])
            if not older.update(**columns):
                raise ExpiresEarlier(day=columns["expires_at"].date().isoformat())
            if found.is_other_location:
                token.licences.all().delete()
                VppToken.objects.filter(pk=token.pk).update(read_at=None)
            token.refresh_from_db()
            AuditEntry.record(
                "vpp_token.renewed",
                token,
                by=by,
                before=before,
                org_name=token.org_name,
                location_name=token.location_name,
                expires=str(token.expires_at),
                other_location=found.is_other_location,
            )
    except IntegrityError:
        # The same file was added a moment ago.
        raise VppTokenKnown(name=told_name(VppToken.objects.get(mark=found.mark), by)) from None


def _columns(found: Preflight) -> dict[str, Any]:
    return {
        "sealed_token": encrypt(found.read.text.encode()),
        "mark": found.mark,
        "org_name": found.read.org_name[:250],
        "expires_at": found.read.expires_at,
        **location_columns(found.location),
        # Whoever reads with the old one writes nothing any more.
        "reading_until": None,
        "next_read_at": None,
        **WELL,
    }
