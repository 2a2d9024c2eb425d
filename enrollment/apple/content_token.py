"""The content token of Apps and Books, a `.vpptoken` file (apple-protocols.md section 8)."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from enrollment.apple.errors import TokenFileError, gettext_noop
from enrollment.apple.wrong_files import LARGEST

_FORMATS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z")


class NotAContentToken(TokenFileError):
    """Anything we do not know."""

    sentence = gettext_noop("This is not a content token for apps and books (VPP).")
    advice = gettext_noop(
        "In Apple Business or School Manager, open Preferences › Payments and Billing, and download the content token "
        "of the location: its name ends in .vpptoken."
    )


class IsServerToken(TokenFileError):
    """The `.p7m` of an enrollment program token."""

    sentence = gettext_noop("This is a server token for device enrollment (.p7m), not a content token.")
    advice = NotAContentToken.advice


class IsCertificateNotContent(TokenFileError):
    """A certificate, or a file with one."""

    sentence = gettext_noop("This is a certificate, not a content token.")
    advice = NotAContentToken.advice


class IsProfileNotContent(TokenFileError):
    """A .mobileconfig."""

    sentence = gettext_noop("This is a configuration profile (.mobileconfig), not a content token.")
    advice = NotAContentToken.advice


class ContentTokenExpired(TokenFileError):
    """Its year is over."""

    sentence = gettext_noop("This content token expired on %(day)s.")
    advice = NotAContentToken.advice


# By what a wrong file is recognised and named.
_SIGNS: tuple[tuple[bytes, type[TokenFileError]], ...] = (
    (b"pkcs7-mime", IsServerToken),
    (b"BEGIN CERTIFICATE", IsCertificateNotContent),
    (b"<plist", IsProfileNotContent),
)


@dataclass(frozen=True)
class ContentToken:
    """What the file says. `text` is the base64 string that is sent to Apple as it is; a secret."""

    text: str
    org_name: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"ContentToken({self.org_name!r}, {self.expires_at})"


def read_content_token(data: bytes, *, now: datetime) -> ContentToken:
    """What is in a `.vpptoken`; a TokenFileError names what it is instead."""
    text = "".join(data[: LARGEST + 1].decode("ascii", "replace").split())
    try:
        said = json.loads(base64.b64decode(text, validate=True))
        expires_at = _time(said["expDate"])
        org_name, token = said.get("orgName", ""), said["token"]
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        raise next((wrong for sign, wrong in _SIGNS if sign in data), NotAContentToken) from None
    if not isinstance(token, str) or not token or not _is_text(org_name) or len(data) > LARGEST:
        raise NotAContentToken
    if expires_at <= now:
        raise ContentTokenExpired(day=expires_at.date().isoformat())
    return ContentToken(text, org_name, expires_at)


def _is_text(value: object) -> bool:
    """A text every database takes: JSON can also write NUL and half of a pair."""
    return isinstance(value, str) and not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in value)


def _time(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).astimezone(UTC)
        except ValueError:
            continue
    raise ValueError(text)
