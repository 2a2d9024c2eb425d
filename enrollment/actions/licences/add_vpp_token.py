import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.apple.content_token import read_content_token
from enrollment.apple.errors import TokenFileError, gettext_noop
from enrollment.encryption import encrypt
from enrollment.models import AuditEntry, Person, ScopeTag, VppToken
from enrollment.models.told_name import told_name
from enrollment.models.vpp_token import content_address


class VppTokenKnown(TokenFileError):
    """The same file once more."""

    sentence = gettext_noop("This content token is here already, as “%(name)s”.")
    advice = ""


class VppNameTaken(TokenFileError):
    """Names are how people choose them."""

    sentence = gettext_noop("Another VPP token has this name.")
    advice = ""


def add_vpp_token(
    data: bytes, *, name: str, scope_tags: Iterable[ScopeTag], by: Person | None, apple_url: str = ""
) -> VppToken:
    """Keep a content token, encrypted; a TokenFileError says what is wrong with the file or the name.

    Apple is not asked here: the door calls verify_vpp_token next, and what the person entered is safe by then.
    """
    try:
        return _added(data, name, list(scope_tags), content_address(apple_url or settings.APPLE_URL), by)
    except TokenFileError as error:
        AuditEntry.record_refusal("vpp_token.file_refused", VppToken, error, by=by, name=name)
        raise


def _added(data: bytes, name: str, tags: list[ScopeTag], apple_url: str, by: Person | None) -> VppToken:
    read = read_content_token(data, now=timezone.now())
    mark = hashlib.sha256(read.text.encode()).hexdigest()
    if known := VppToken.objects.filter(mark=mark).first():
        raise VppTokenKnown(name=told_name(known, by))
    try:
        with transaction.atomic():
            token = VppToken.objects.create(
                name=name,
                org_name=read.org_name[:250],
                expires_at=read.expires_at,
                sealed_token=encrypt(read.text.encode()),
                mark=mark,
                apple_url=apple_url,
            )
            token.scope_tags.set(tags)
            AuditEntry.record(
                "vpp_token.added",
                token,
                by=by,
                org_name=token.org_name,
                expires=token.expires_at.isoformat(),
                scope_tags=sorted(tag.name for tag in tags),
            )
    except IntegrityError:
        raise VppNameTaken from None
    return token
