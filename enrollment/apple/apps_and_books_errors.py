"""What can go wrong at Apps and Books, by Apple's number (apple-protocols.md section 8).

What means the same as at device assignment is the same error: `enrollment/apple/errors.py`.
"""

from enrollment.apple.errors import (
    AppleError,
    MalformedRequest,
    NotUnderstood,
    TemporarilyUnavailable,
    TooManyRequests,
    gettext_noop,
)


class ContentTokenRefused(AppleError):
    """Nothing helps but another content token."""

    sentence = gettext_noop("Apple does not accept the content token.")
    advice = gettext_noop(
        "Download the content token of the location again in Apple Business or School Manager, and renew it here."
    )


class LoginRequired(ContentTokenRefused):
    """9601, 9722, or 401 without a number."""


class ContentTokenExpired(ContentTokenRefused):
    """9621: its year is over."""

    sentence = gettext_noop("The content token has expired.")


class ContentTokenInvalid(ContentTokenRefused):
    """9622."""

    sentence = gettext_noop("Apple does not know the content token.")


class ContentTokenRevoked(ContentTokenRefused):
    """9625."""

    sentence = gettext_noop("The content token has been revoked.")
    advice = gettext_noop(
        "The person who downloaded it left, changed the password, or revoked it. Download the content token of the "
        "location again in Apple Business or School Manager, and renew it here."
    )


class FacilitatorToken(ContentTokenRefused):
    """9637, 9647: from before there were locations."""

    sentence = gettext_noop("This content token is of the old kind, which belongs to a person and not to a location.")
    advice = gettext_noop(
        "Move the licences to a location in Apple Business or School Manager, download the content token of the "
        "location, and renew it here."
    )


class ServiceGone(AppleError):
    """9634 or 410."""

    sentence = gettext_noop("Apple no longer offers this part of Apps and Books.")
    advice = gettext_noop("Update Pomona; if it stays, please report it with the log.")


class PageUnknown(MalformedRequest):
    """9650: there is no such page, or no longer."""


class LicencesKeepChanging(AppleError):
    """Each time the list was read, it changed between two pages."""

    sentence = gettext_noop("The licences kept changing at Apple while they were read.")
    advice = gettext_noop("Nothing needs to be done: it is tried again later.")
    try_again = True


NUMBERS: dict[int, type[AppleError]] = {
    9601: LoginRequired,
    9722: LoginRequired,
    9621: ContentTokenExpired,
    9622: ContentTokenInvalid,
    9625: ContentTokenRevoked,
    9637: FacilitatorToken,
    9647: FacilitatorToken,
    9634: ServiceGone,
    9650: PageUnknown,
    **dict.fromkeys((9602, *range(9700, 9706), 9718, 9719, 9721, 9726, 9727), MalformedRequest),
    9646: TooManyRequests,
    **dict.fromkeys((9603, 9644, 9729), TemporarilyUnavailable),
}
STATUSES: dict[int, type[AppleError]] = {
    400: MalformedRequest,
    401: LoginRequired,
    405: MalformedRequest,
    407: NotUnderstood,  # a gateway between us and Apple wants something
    410: ServiceGone,
    415: MalformedRequest,
    429: TooManyRequests,
}


def content_error(status: int, number: int | None, body: str, *, retry_after: int | None = None) -> AppleError:
    """The error an answer means: by Apple's number, whatever the status, or else by the status."""
    return _kind(status, number)(status=status, body=body, retry_after=retry_after, number=number or 0)


def _kind(status: int, number: int | None) -> type[AppleError]:
    if number in NUMBERS:
        return NUMBERS[number]
    if status >= 500:
        return TemporarilyUnavailable
    if number is None and status < 400:
        return NotUnderstood
    return STATUSES.get(status, AppleError)
