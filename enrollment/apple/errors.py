"""What can go wrong at Apple's, by meaning: a sentence, advice for the person, and whether trying again helps.

Sentences and advice are English msgids with named places; doors translate them and fill in `details`.
Source: apple-protocols.md 2.4 (device assignment) and 1.3 (token files).
"""

from typing import ClassVar

BODY_KEPT = 1024  # bytes of Apple's answer that are kept for the log
LONGEST_WAIT = 24 * 3600  # seconds; whatever Retry-After says, it is asked again a day later


def gettext_noop(message: str) -> str:
    """Mark a sentence for the catalogues; this package knows no Django."""
    return message


def snake_case(name: str) -> str:
    """A class's name as a stable code."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class AppleError(Exception):
    """Apple said no, or could not be asked."""

    sentence: ClassVar[str] = gettext_noop("Apple answered with an error (%(status)s): %(body)s")
    advice: ClassVar[str] = gettext_noop("Try again later; if it stays, ask Apple's support and name this answer.")
    try_again: ClassVar[bool] = False

    def __init__(
        self,
        *,
        status: int | None = None,
        body: str = "",
        retry_after: int | None = None,
        **details: str | int,
    ) -> None:
        self.status = status
        self.body = body[:BODY_KEPT]
        self.retry_after = None if retry_after is None else min(retry_after, LONGEST_WAIT)
        self.details: dict[str, str | int] = {"status": status or 0, "body": self.body[:200], **details}
        super().__init__(self.sentence % self.details)

    @property
    def code(self) -> str:
        """A stable name for logs and programs."""
        return snake_case(type(self).__name__)


class Unreachable(AppleError):
    """No answer at all: network, name, TLS or time-out."""

    sentence = gettext_noop("Apple cannot be reached.")
    advice = gettext_noop(
        "Check this server's way to the internet, its name service and its firewall. It is tried again."
    )
    try_again = True


class TemporarilyUnavailable(AppleError):
    """500 or 503; `retry_after` seconds when Apple says so."""

    sentence = gettext_noop("Apple is temporarily unavailable.")
    advice = gettext_noop("Nothing needs to be done: it is tried again.")
    try_again = True


class TooManyRequests(AppleError):
    """429; `retry_after` seconds when Apple says so."""

    sentence = gettext_noop("Apple asks for fewer requests.")
    advice = gettext_noop("Nothing needs to be done: it is tried again more slowly.")
    try_again = True


class NotUnderstood(AppleError):
    """An answer that is cut off or not of the documented shape."""

    sentence = gettext_noop("Apple's answer could not be understood.")
    advice = gettext_noop(
        "It is tried again; if it stays, something between this server and Apple changes the answers."
    )
    try_again = True


class TermsNotSigned(AppleError):
    """403 T_C_NOT_SIGNED, at /session or at any later call."""

    sentence = gettext_noop("Apple has new terms and conditions that nobody has accepted yet.")
    advice = gettext_noop(
        "An administrator of the organisation signs in to Apple Business Manager or Apple School Manager and accepts "
        "them. Everything then goes on by itself."
    )


class AccessDenied(AppleError):
    """403 ACCESS_DENIED: the token is not entitled to this call."""

    sentence = gettext_noop("Apple does not allow this token to do that.")
    advice = gettext_noop("Check in the portal that this MDM server still exists and what it may do.")


class TokenRejected(AppleError):
    """401 at /session: unknown key, invalid token or signature."""

    sentence = gettext_noop("Apple rejects the token.")
    advice = gettext_noop(
        "A newer token was downloaded in the portal, the person who made it left or changed the password, or this "
        "server's clock is wrong. Check the clock, then renew the token."
    )


class TokenExpired(TokenRejected):
    """/session says token_expired."""

    sentence = gettext_noop("The token has expired.")
    advice = gettext_noop("Download a new token in the portal and renew it here. Devices and profiles stay.")


class OAuthProblem(AppleError):
    """400 at /session: parameters of the signature."""

    sentence = gettext_noop("Apple did not understand the signature of the request.")
    advice = gettext_noop("Check this server's clock; if it is right, renew the token.")


class SessionRefused(AppleError):
    """A call is refused with a session that was just renewed."""

    sentence = gettext_noop("Apple refuses the session it has just issued.")
    advice = gettext_noop("It is tried again later; if it stays, renew the token.")
    try_again = True


class UserAgentRefused(AppleError):
    """400 USER_AGENT_MISSING or USER_AGENT_INVALID."""

    sentence = gettext_noop("Apple does not accept the name this program gives itself.")
    advice = gettext_noop(
        "Something between this server and Apple changes the User-Agent header: ask the network's owner."
    )


class MalformedRequest(AppleError):
    """400 MALFORMED_REQUEST_BODY, DEVICE_ID_REQUIRED, PROFILE_UUID_REQUIRED, 405: a mistake of ours."""

    sentence = gettext_noop("Apple did not understand the request (%(body)s).")
    advice = gettext_noop("This is a fault of Pomona: please report it with the log.")


class CursorInvalid(AppleError):
    """400 INVALID_CURSOR: start over with a full fetch."""

    sentence = gettext_noop("Apple does not know the place in the device list any more.")
    advice = gettext_noop("The next sync is a full one; it starts by itself.")


class CursorRequired(CursorInvalid):
    """400 CURSOR_REQUIRED."""


class CursorExpired(AppleError):
    """400 EXPIRED_CURSOR: older than 7 days."""

    sentence = gettext_noop("The last sync is too long ago for Apple to tell only what changed.")
    advice = gettext_noop("The next sync is a full one; it starts by itself.")


class CursorExhausted(AppleError):
    """400 EXHAUSTED_CURSOR: everything was already returned. Not a fault."""

    sentence = gettext_noop("Apple has already returned every device.")
    advice = gettext_noop("Nothing needs to be done.")


class ProfileNotFound(AppleError):
    """404 or 400 NOT_FOUND: no profile of this server has the uuid."""

    sentence = gettext_noop("Apple does not know this profile.")
    advice = gettext_noop("It may belong to another MDM server. Save the profile again, so that Apple gets a new copy.")


class DeviceNotFound(AppleError):
    """400 or 404 DEVICE_NOT_FOUND at replacementDetails."""

    sentence = gettext_noop("Apple does not know this device as a replacement.")
    advice = gettext_noop("Nothing needs to be done.")


class BetasTurnedOff(AppleError):
    """403 APPLE_SEED_FOR_IT_TURNED_OFF."""

    sentence = gettext_noop("The organisation does not allow beta versions.")
    advice = gettext_noop("An administrator can turn on AppleSeed for IT in the portal.")


class OrganisationNotSupported(AppleError):
    """400 ORG_NOT_SUPPORTED."""

    sentence = gettext_noop("Apple does not offer this to the organisation.")
    advice = gettext_noop("Ask Apple which organisations may use it.")


class DiscoveryUrlRefused(AppleError):
    """400 MDM_SERVICE_DISCOVERY_URL_REQUIRED or …_NOT_VALID."""

    sentence = gettext_noop("Apple does not accept the service discovery address.")
    advice = gettext_noop("Give a complete https address.")


class ProfileRefused(AppleError):
    """A field of the profile is not accepted; `field` is its payload key."""

    sentence = gettext_noop("Apple does not accept this value (%(body)s).")
    advice = gettext_noop("Change it and save again.")
    field: ClassVar[str] = ""


class NameRefused(ProfileRefused):
    """CONFIG_NAME_REQUIRED, CONFIG_NAME_INVALID."""

    sentence = gettext_noop("Apple does not accept the name: it must have 1 to 125 characters.")
    field = "profile_name"


class UrlRefused(ProfileRefused):
    """CONFIG_URL_REQUIRED, CONFIG_URL_INVALID."""

    sentence = gettext_noop(
        "Apple does not accept the enrollment URL: it must be a valid address of at most 2000 characters."
    )
    field = "url"


class DepartmentRefused(ProfileRefused):
    """DEPARTMENT_INVALID."""

    sentence = gettext_noop("Apple does not accept the department: at most 125 characters.")
    field = "department"


class MagicRefused(ProfileRefused):
    """MAGIC_INVALID."""

    sentence = gettext_noop("Apple does not accept the organisation's mark.")
    field = "org_magic"


class PhoneRefused(ProfileRefused):
    """SUPPORT_PHONE_INVALID."""

    sentence = gettext_noop("Apple does not accept the department phone: at most 50 characters.")
    field = "support_phone_number"


class EmailRefused(ProfileRefused):
    """SUPPORT_EMAIL_INVALID."""

    sentence = gettext_noop("Apple does not accept the support e-mail: at most 250 characters.")
    field = "support_email_address"


class FlagsRefused(ProfileRefused):
    """FLAGS_INVALID: not removable without supervised."""

    sentence = gettext_noop("Apple does not accept locked enrollment without supervision.")
    field = "is_mdm_removable"


class LocaleRefused(ProfileRefused):
    """LOCALE_INVALID."""

    sentence = gettext_noop("Apple does not know this language in this region.")
    field = "language"


_DOWNLOAD = gettext_noop(
    "In the portal open the MDM server, choose Download token, and upload the file whose name ends in .p7m."
)


class TokenFileError(Exception):
    """The file is not a token that can be used here."""

    sentence: ClassVar[str] = gettext_noop("This file is not a server token.")
    advice: ClassVar[str] = _DOWNLOAD

    def __init__(self, **details: str | int) -> None:
        self.details: dict[str, str | int] = details
        super().__init__(self.sentence % details)

    @property
    def code(self) -> str:
        return snake_case(type(self).__name__)


# Apple's code, matched as a case-insensitive part of the body: longer codes before their beginnings.
CODES: list[tuple[str, type[AppleError]]] = [
    ("T_C_NOT_SIGNED", TermsNotSigned),
    ("ACCESS_DENIED", AccessDenied),
    ("APPLE_SEED_FOR_IT_TURNED_OFF", BetasTurnedOff),
    ("USER_AGENT_MISSING", UserAgentRefused),
    ("USER_AGENT_INVALID", UserAgentRefused),
    ("INVALID_CURSOR", CursorInvalid),
    ("EXHAUSTED_CURSOR", CursorExhausted),
    ("EXPIRED_CURSOR", CursorExpired),
    ("CURSOR_REQUIRED", CursorRequired),
    ("DEVICE_NOT_FOUND", DeviceNotFound),
    ("PROFILE_NOT_FOUND", ProfileNotFound),
    ("CONFIG_NAME", NameRefused),
    ("CONFIG_URL", UrlRefused),
    ("DEPARTMENT_INVALID", DepartmentRefused),
    ("MAGIC_INVALID", MagicRefused),
    ("SUPPORT_PHONE_INVALID", PhoneRefused),
    ("SUPPORT_EMAIL_INVALID", EmailRefused),
    ("FLAGS_INVALID", FlagsRefused),
    ("LOCALE_INVALID", LocaleRefused),
    ("MDM_SERVICE_DISCOVERY_URL", DiscoveryUrlRefused),
    ("ORG_NOT_SUPPORTED", OrganisationNotSupported),
    ("MALFORMED_REQUEST_BODY", MalformedRequest),
    ("message_format_error", MalformedRequest),
    ("DEVICE_ID_REQUIRED", MalformedRequest),
    ("PROFILE_UUID_REQUIRED", MalformedRequest),
    ("TOO_MANY_REQUESTS", TooManyRequests),
    ("token_expired", TokenExpired),
    ("token_rejected", TokenRejected),
    ("internal_server_error", TemporarilyUnavailable),
    ("NOT_FOUND", ProfileNotFound),
]

# What /session says is about the token, or else what the status says, as in bodies without a code we know.
SAID_AT_SESSION = (TermsNotSigned, AccessDenied, UserAgentRefused, TokenRejected)
AT_SESSION: dict[int, type[AppleError]] = {400: OAuthProblem, 401: TokenRejected, 403: TokenRejected}
ELSEWHERE: dict[int, type[AppleError]] = {
    401: SessionRefused,
    403: SessionRefused,
    404: ProfileNotFound,
    405: MalformedRequest,
}


def error_for(status: int, body: str, *, retry_after: int | None = None, at_session: bool = False) -> AppleError:
    """The error an answer means. Bodies may be quoted, in either case, or glued to a reason phrase (2.4)."""
    return _kind(status, body, at_session=at_session)(
        status=status, body=body.strip().strip('"'), retry_after=retry_after
    )


def _kind(status: int, body: str, *, at_session: bool) -> type[AppleError]:
    if status >= 500:
        return TemporarilyUnavailable
    if status == 429:
        return TooManyRequests
    if status < 400 or status == 407:
        return NotUnderstood  # a gateway between us and Apple wants something
    lowered = body.lower()
    by_code = next((kind for code, kind in CODES if code.lower() in lowered), None)
    if at_session:
        return by_code if by_code and issubclass(by_code, SAID_AT_SESSION) else AT_SESSION.get(status, NotUnderstood)
    return by_code or ELSEWHERE.get(status, AppleError)
