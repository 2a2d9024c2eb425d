"""Why a message did not arrive, by meaning: a sentence with what to do, and whether trying again helps.

Sentences are English msgids with named places; doors translate them and fill in `details`.
"""

import re

LONGEST_WAIT = 24 * 3600  # seconds; whatever Retry-After says
ANSWER_KEPT = 160  # characters of what a receiver says
# What might be a part of the address or the secret, should a receiver repeat it: no word is as long.
_SECRETS = re.compile(r"[A-Za-z0-9+/=_%-]{24,}|https?://\S+")
_HIDDEN = "…"


def gettext_noop(message: str) -> str:
    """Mark a sentence for the catalogues; this package knows no Django."""
    return message


def harmless(said: str) -> str:
    """What a receiver or mail server said, cut, and without what might be a secret."""
    return " ".join(_SECRETS.sub(_HIDDEN, said).split())[:ANSWER_KEPT]


class NotDelivered(Exception):
    """The message did not arrive, or nobody said that it did; or not with all who were to have it."""

    sentence = gettext_noop("The receiver did not take the message and answered %(status)s: %(said)s")
    # False: what is wrong has to be mended first; it is tried again all the same, but seldom.
    try_again = True

    # Who has it all the same, where it went to several.
    reached: tuple[str, ...] = ()

    def __init__(self, *, retry_after: int | None = None, **details: str | int) -> None:
        self.retry_after = None if retry_after is None else min(retry_after, LONGEST_WAIT)
        self.details: dict[str, str | int] = details
        super().__init__(self.sentence % {"status": "", "said": "", **details})


# --- Before anybody is asked ------------------------------------------------------------------------------------------


class NoAddress(NotDelivered):
    sentence = gettext_noop("This is no complete address: enter one that begins with https://.")
    try_again = False


class NotEncrypted(NotDelivered):
    sentence = gettext_noop(
        "An address that begins with http:// is only for the networks that WEBHOOKS_MAY_REACH names: use https://."
    )
    try_again = False


class NotAllowed(NotDelivered):
    """Loopback, private, link-local and other addresses that are nobody's on the internet."""

    sentence = gettext_noop(
        "%(host)s is not on the internet but in a network of its own: messages go there only when the setting "
        "WEBHOOKS_MAY_REACH names it."
    )
    try_again = False


class NameUnknown(NotDelivered):
    sentence = gettext_noop("The name %(host)s is not known to the name service.")


# --- On the way -------------------------------------------------------------------------------------------------------


class NobodyAnswers(NotDelivered):
    sentence = gettext_noop("Nothing answers at %(host)s. Check the address, and this server's way to it.")


class TooSlow(NotDelivered):
    sentence = gettext_noop("%(host)s did not answer in time. It may have taken the message.")


class CutOff(NotDelivered):
    sentence = gettext_noop("%(host)s broke off the connection instead of an answer. It may have taken the message.")


class NotTrusted(NotDelivered):
    sentence = gettext_noop(
        "No secure connection to %(host)s: its certificate is not trusted here, has expired, or is for another name."
    )


# --- What the receiver says -------------------------------------------------------------------------------------------


class Moved(NotDelivered):
    """A redirect, which is not followed: it could lead a message and its signature anywhere."""

    sentence = gettext_noop("%(host)s says that it has moved (%(status)s). Enter its new address.")
    try_again = False


class Gone(NotDelivered):
    """404 or 410: nobody listens there any more."""

    sentence = gettext_noop(
        "%(host)s does not know this address any more (%(status)s). Make a new webhook there, and enter its address."
    )
    try_again = False


class Refused(NotDelivered):
    """401 or 403, and other answers that say it is our mistake."""

    sentence = gettext_noop("%(host)s refuses the message (%(status)s): %(said)s")


class TooMany(NotDelivered):
    """429; `retry_after` seconds when it says so."""

    sentence = gettext_noop("%(host)s asks for fewer messages. It is tried again more slowly.")


class Broken(NotDelivered):
    """500 and above."""

    sentence = gettext_noop("%(host)s has a fault of its own (%(status)s). It is tried again.")


def error_for(status: int, said: str, host: str, *, retry_after: int | None = None) -> NotDelivered:
    """The error an answer means."""
    kind = {404: Gone, 410: Gone, 429: TooMany}.get(status)
    if kind is None:
        kind = Moved if status < 400 else Refused if status < 500 else Broken
    return kind(retry_after=retry_after, host=host, status=status, said=harmless(said))


# --- Mails ------------------------------------------------------------------------------------------------------------


class MailServerAway(NotDelivered):
    sentence = gettext_noop("The mail server does not answer (%(said)s). Check EMAIL_URL and the mail server.")


class MailServerRefusesUs(NotDelivered):
    sentence = gettext_noop("The mail server refuses the username or password of EMAIL_URL.")


class MailCutOff(NotDelivered):
    sentence = gettext_noop("The mail server broke off the connection: %(said)s")


class MailboxRefused(NotDelivered):
    sentence = gettext_noop("The mail server refuses the address %(address)s: %(said)s")


class MailRefused(NotDelivered):
    sentence = gettext_noop("The mail server refuses the mail: %(said)s")
