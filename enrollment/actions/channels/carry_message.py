from collections.abc import Collection
from contextlib import closing

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings.mail_message import mail_message
from enrollment.encryption import KeyMissing, decrypt
from enrollment.messengers import slack, teams, webhook
from enrollment.messengers.errors import MailServerAway, MailServerRefusesUs, NotDelivered, gettext_noop
from enrollment.messengers.message import Message
from enrollment.models import Channel, ChannelKind


class NotReadable(NotDelivered):
    """The key ring does not have the key."""

    sentence = gettext_noop(
        "The address cannot be read: FIELD_KEYS lacks the key it was stored with. Put the key back, or enter the "
        "address again."
    )
    try_again = False


def carry_message(message: Message, channel: Channel, *, reached: Collection[str] = ()) -> None:
    """Send it there, but not to mailboxes that it has reached before; NotDelivered unless it arrived everywhere."""
    if channel.kind == ChannelKind.MAIL:
        _mail(message, [address for address in channel.addresses if address not in reached])
        return
    url, allowed = _unsealed(channel.sealed_url), settings.WEBHOOKS_MAY_REACH
    if channel.kind == ChannelKind.SLACK:
        slack.send(message, url, allowed=allowed)
    elif channel.kind == ChannelKind.TEAMS:
        teams.send(message, url, allowed=allowed)
    else:
        webhook.send(message, url, _secrets(channel), allowed=allowed)


def _mail(message: Message, addresses: list[str]) -> None:
    """One by one: a mailbox that is refused keeps no other from its mail."""
    problem, reached = None, []
    with closing(get_connection()) as through:
        for address in addresses:
            try:
                mail_message(message, address, through=through)
                reached.append(address)
            except NotDelivered as error:
                problem = error
                if isinstance(error, (MailServerAway, MailServerRefusesUs)):
                    break  # for all of them, and not waited for again
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
