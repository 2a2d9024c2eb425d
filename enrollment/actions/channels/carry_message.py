from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings.mail_message import MailServer, mail_message
from enrollment.encryption import KeyMissing, decrypt
from enrollment.messengers import slack, teams, webhook
from enrollment.messengers.errors import NotDelivered, gettext_noop
from enrollment.messengers.message import Message
from enrollment.models import Channel, ChannelKind

# Told after each mailbox, whether it took the mail or not, which ones have it by now: those before included.
AfterEach = Callable[[Sequence[str]], None]


class NotReadable(NotDelivered):
    """The key ring does not have the key."""

    sentence = gettext_noop(
        "The address cannot be read: FIELD_KEYS lacks the key it was stored with. Put the key back, or enter the "
        "address again."
    )
    try_again = False


def carry_message(
    message: Message, channel: Channel, *, reached: Sequence[str] = (), after_each: AfterEach | None = None
) -> None:
    """Send it there, but not to mailboxes that it has reached before; NotDelivered unless it arrived everywhere."""
    if channel.kind == ChannelKind.MAIL:
        _mail(message, channel, reached, after_each)
        return
    url, allowed = _unsealed(channel.sealed_url), settings.WEBHOOKS_MAY_REACH
    if channel.kind == ChannelKind.SLACK:
        slack.send(message, url, allowed=allowed)
    elif channel.kind == ChannelKind.TEAMS:
        teams.send(message, url, allowed=allowed)
    else:
        webhook.send(message, url, _secrets(channel), allowed=allowed)


def _mail(message: Message, channel: Channel, before: Sequence[str], after_each: AfterEach | None) -> None:
    """One by one: a mailbox that is refused keeps no other from its mail."""
    problem: NotDelivered | None = None
    reached: list[str] = []
    with MailServer() as server:
        for address in [one for one in channel.addresses if one not in before]:
            try:
                mail_message(message, address, through=server)
                reached.append(address)
            except NotDelivered as error:
                problem = error
            if after_each:
                after_each([*before, *reached])
    if problem:
        problem.reached = tuple(reached)
        raise problem


def _secrets(channel: Channel) -> list[str]:
    """What signs: the secret, and for a day after it was made anew the one before."""
    signing = [channel.sealed_secret]
    if channel.secret_made_at and channel.secret_made_at > timezone.now() - limits.OLD_SECRET_SIGNS_FOR:
        signing.append(channel.sealed_secret_before)
    return [_unsealed(sealed) for sealed in signing if sealed]


def _unsealed(sealed: bytes | memoryview | None) -> str:
    try:
        return decrypt(bytes(sealed or b"")).decode()
    except KeyMissing:
        raise NotReadable from None
