from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.access.what_may_be_given import AccessRefused, held
from enrollment.actions.warnings.next_time import next_time
from enrollment.actions.warnings.note_outcome import note_outcome
from enrollment.encryption import encrypt
from enrollment.messengers.errors import NotDelivered
from enrollment.messengers.post import target_of
from enrollment.messengers.webhook import new_secret
from enrollment.models import AuditEntry, Channel, ChannelKind, Delivery, Permission, Person, Rhythm, ScopeTag, Severity
from enrollment.permissions import check_everywhere

NAMELESS = gettext_noop("Give the channel a name.")
NAME_TAKEN = gettext_noop("Another channel has this name already.")
GONE = gettext_noop("This channel has been deleted meanwhile.")
NO_URL = gettext_noop("Enter the address that messages are sent to.")
URL_TOO_LONG = gettext_noop("This address is too long: at most %(most)s characters.")
NO_MAILBOX = gettext_noop("Enter at least one e-mail address.")
TOO_MANY = gettext_noop("At most %(most)s addresses: for more, let your mail server have one for all of them.")


class Saved(NamedTuple):
    """The channel, and what its messages are signed with when that was made just now: it is told this once."""

    channel: Channel
    secret: str


@dataclass(frozen=True, kw_only=True)
class ChannelSaid:
    """What somebody says of a channel. The kind is said once; an empty address leaves the one there is."""

    name: str
    kind: str = ""
    url: str = ""
    addresses: Collection[str] = ()
    least_severity: str = Severity.WARNING
    rhythm: str = Rhythm.AT_ONCE
    language: str = ""
    scope_tags: Collection[ScopeTag] = ()
    is_on: bool = True


def save_channel(channel: Channel | None, said: ChannelSaid, *, by: Person | None) -> Saved:
    """A channel, new or changed; AccessRefused at what cannot be. The address of a webhook is a secret: kept sealed."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    before = told(channel) if channel else {}
    one = channel or Channel(kind=said.kind, created_by=by)
    one.name, one.is_on = " ".join(said.name.split()), said.is_on
    one.least_severity, one.rhythm = said.least_severity, said.rhythm
    one.language = said.language or settings.LANGUAGE_CODE
    _check_name(one)
    has_new_address = _set_address(one, said.url, said.addresses)
    secret = _first_secret(one)
    try:
        with transaction.atomic():
            _write(one, before, has_new_address, has_new_secret=bool(secret))
            one.scope_tags.set(held(said.scope_tags))
            untried = Delivery.objects.waiting().filter(channel=one, tries=0)
            untried.update(due_at=next_time(one.rhythm, timezone.now()))
            _record(one, before, by, has_new_address)
    except IntegrityError:
        raise AccessRefused(NAME_TAKEN, "name") from None
    return Saved(one, secret)


def told(channel: Channel) -> dict[str, Any]:
    """What the audit tells of a channel: of its address the host."""
    return {
        "name": channel.name,
        "kind": channel.kind,
        "host": channel.host,
        "addresses": list(channel.addresses),
        "least_severity": channel.least_severity,
        "rhythm": channel.rhythm,
        "language": channel.language,
        "scope_tags": sorted(channel.scope_tags.values_list("name", flat=True)),
        "is_on": channel.is_on,
    }


def _check_name(channel: Channel) -> None:
    if not channel.name:
        raise AccessRefused(NAMELESS, "name")
    if Channel.objects.filter(name__iexact=channel.name).exclude(pk=channel.pk).exists():
        raise AccessRefused(NAME_TAKEN, "name")


def _set_address(channel: Channel, url: str, addresses: Iterable[str]) -> bool:
    """Whether it leads somewhere else now, which says nothing of where."""
    if channel.kind == ChannelKind.MAIL:
        channel.addresses = _mailboxes(addresses)
        return False
    url = url.strip()
    if not url and not channel.sealed_url:
        raise AccessRefused(NO_URL, "url")
    if url:
        channel.host, channel.sealed_url = _host(url), encrypt(url.encode())
    return bool(url)


def _mailboxes(addresses: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(address.strip() for address in addresses if address.strip()))
    if not found:
        raise AccessRefused(NO_MAILBOX, "addresses")
    if len(found) > limits.CHANNEL_ADDRESSES:
        raise AccessRefused(TOO_MANY, "addresses", most=limits.CHANNEL_ADDRESSES)
    return found


def _host(url: str) -> str:
    """Whom it leads to, once it is sure that it may."""
    if len(url) > limits.WEBHOOK_URL_LENGTH:
        raise AccessRefused(URL_TOO_LONG, "url", most=limits.WEBHOOK_URL_LENGTH)
    try:
        return target_of(url, settings.WEBHOOKS_MAY_REACH).host
    except NotDelivered as error:
        raise AccessRefused(error.sentence, "url", **error.details) from None


def _first_secret(channel: Channel) -> str:
    if channel.kind != ChannelKind.WEBHOOK or channel.sealed_secret:
        return ""
    secret = new_secret()
    channel.sealed_secret, channel.secret_made_at = encrypt(secret.encode()), timezone.now()
    return secret


def _write(channel: Channel, before: dict[str, Any], has_new_address: bool, *, has_new_secret: bool) -> None:
    """What was said and nothing else: that a message did not arrive meanwhile, or another secret signs, stays so."""
    if not before:
        channel.save()
        return
    columns = ["name", "is_on", "least_severity", "rhythm", "language", "addresses"]
    columns += ["host", "sealed_url"] if has_new_address else []
    columns += ["sealed_secret", "secret_made_at"] if has_new_secret else []
    if not Channel.objects.filter(pk=channel.pk).update(**{name: getattr(channel, name) for name in columns}):
        raise AccessRefused(GONE, "name")
    if has_new_address or channel.addresses != before["addresses"] or (channel.is_on and not before["is_on"]):
        # Whether messages arrive there now is not known yet.
        note_outcome(channel, None, arrived=False)


def _record(channel: Channel, before: dict[str, Any], by: Person | None, has_new_address: bool) -> None:
    after = told(channel)
    if not before:
        AuditEntry.record("channel.made", channel, by=by, **after)
        return
    changed = [name for name, value in after.items() if before[name] != value]
    news: dict[str, Any] = {name: after[name] for name in changed}
    if has_new_address:
        news["new_address"] = True
    if news:
        earlier = {name: before[name] for name in changed}
        AuditEntry.record("channel.changed", channel, by=by, before=earlier, **news)
