import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from enrollment import limits
from enrollment.actions.channels.carry_message import carry_message
from enrollment.actions.warnings.audience import Audience, Recipient
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.mail_message import mail_message
from enrollment.actions.warnings.note_outcome import note_outcome
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.actions.warnings.word_message import word_message
from enrollment.messengers.errors import MailCutOff, MailServerAway, MailServerRefusesUs, NotDelivered
from enrollment.messengers.message import Message
from enrollment.models import Channel, Delivery, Dropped

log = structlog.get_logger(__name__)
HOUR = timedelta(hours=1)
CUT_OFF_OFTEN = 2
# Whom it tells, its name from its first try on, and which mailboxes have it.
_OneMessage = tuple[tuple[int | None, int | None], uuid.UUID | None, tuple[str, ...]]
# Sends a message, to none of several mailboxes that have it already; NotDelivered unless it arrived everywhere.
Carry = Callable[[Message, Recipient, Collection[str]], None]


class _Due(NamedTuple):
    """Of a delivery that is due, what is needed here: there may be very many."""

    pk: int
    message: uuid.UUID | None
    tries: int
    step: str
    person: int | None
    channel: int | None
    reached: Sequence[str]  # of a channel's mailboxes
    key: str  # of the warning


@dataclass(frozen=True)
class _Batch:
    """What one message tells one recipient. It keeps its name from its first try on."""

    recipient: Recipient
    name: uuid.UUID | None
    deliveries: Sequence[_Due]
    warnings: Sequence[StandingWarning]

    @property
    def tries(self) -> int:
        return max(delivery.tries for delivery in self.deliveries)

    @property
    def reached(self) -> Sequence[str]:
        """Of a channel's mailboxes those that have it: the same for all of its deliveries."""
        return self.deliveries[0].reached


def send_warnings(channel: Channel | None = None) -> int:
    """Tell what is due: to this channel, or by mail to people when none is named; how many messages arrived (WARN-3).

    Each recipient gets one message with all of it. A message is claimed before it is sent, and marked after: cut in
    between, it is sent again under the same name.
    """
    now = timezone.now()
    batches = _batches(_due(channel, now), now)
    if not batches:
        return 0
    if channel:
        return _send_to_channel(batches, now)
    with closing(get_connection()) as through:
        return _send_to_people(batches, through, now)


# --- What is to be told -----------------------------------------------------------------------------------------------


def _due(channel: Channel | None, now: datetime) -> list[_Due]:
    rows = Delivery.objects.with_what_waits(now, channel).order_by("due_at", "pk")
    columns = rows.values_list("pk", "message", "tries", "step", "person_id", "channel_id", "reached", "alert__key")
    return [_Due(*row) for row in columns]


def _batches(due: Sequence[_Due], now: datetime) -> list[_Batch]:
    """By recipient, message and who has it; what there is no use in telling any more is dropped."""
    if not due:
        return []
    standing = {warning.key: warning for warning in current_warnings(None)}
    audience = Audience()
    recipients = {recipient.columns: recipient for recipient in audience.recipients}
    dropped: dict[Dropped, list[int]] = {}
    found: dict[_OneMessage, list[tuple[_Due, StandingWarning]]] = {}
    for delivery in due:
        warning = standing.get(delivery.key)
        recipient = recipients.get((delivery.person, delivery.channel))
        if reason := _reason_against(delivery, warning, recipient, audience):
            dropped.setdefault(reason, []).append(delivery.pk)
        elif warning and recipient:
            one = (recipient.columns, delivery.message, tuple(delivery.reached))
            found.setdefault(one, []).append((delivery, warning))
    _drop(dropped, now)
    return [_batch(recipients[columns], name, told) for (columns, name, _reached), told in found.items()]


def _batch(recipient: Recipient, name: uuid.UUID | None, told: Sequence[tuple[_Due, StandingWarning]]) -> _Batch:
    return _Batch(recipient, name, [delivery for delivery, _one in told], [warning for _one, warning in told])


def _reason_against(
    delivery: _Due, warning: StandingWarning | None, recipient: Recipient | None, audience: Audience
) -> Dropped | None:
    if warning is None or warning.step != delivery.step:
        return Dropped.OVER
    if recipient is None or not audience.is_told(recipient, warning):
        return Dropped.NOT_THEIRS
    return Dropped.SNOOZED if warning.is_snoozed else None


def _drop(dropped: dict[Dropped, list[int]], now: datetime) -> None:
    for reason, keys in dropped.items():
        Delivery.objects.waiting().filter(pk__in=keys).update(dropped_at=now, dropped_because=reason)


def _without_much_told(batches: Sequence[_Batch], now: datetime) -> list[_Batch]:
    """Without those for whoever was told several times in the last hour: theirs is gathered, and comes later."""
    messages = Counter(Delivery.objects.messages_since(now - HOUR))
    full = {columns for columns, count in messages.items() if count >= limits.MESSAGES_PER_HOUR}
    return [batch for batch in batches if batch.name or batch.recipient.columns not in full]


# --- Telling it -------------------------------------------------------------------------------------------------------


def _send_to_channel(batches: Sequence[_Batch], now: datetime) -> int:
    """Until one does not arrive: what is wrong with a channel is found out once a minute, not once a message.

    What some mailboxes have comes last: one that is always refused delays nothing for the others.
    """
    arrived = 0
    for batch in sorted(_without_much_told(batches, now), key=lambda batch: bool(batch.reached)):
        if not _send(batch, _to_channel, now):
            break
        arrived += 1
    return arrived


def _send_to_people(batches: Sequence[_Batch], through: BaseEmailBackend, now: datetime) -> int:
    """Through one connection. A server that is away is away for all of them, and not waited for again."""
    away: list[NotDelivered] = []

    def by_mail(message: Message, recipient: Recipient, _reached: Collection[str]) -> None:
        if len(away) >= CUT_OFF_OFTEN:
            raise away[-1]
        try:
            mail_message(message, recipient.email, through=through)
        except (MailServerAway, MailServerRefusesUs) as error:
            away.extend([error] * CUT_OFF_OFTEN)
            raise
        except MailCutOff as error:
            away.append(error)  # it may be for this mail; twice, and the server is not well
            raise

    return sum(_send(batch, by_mail, now) for batch in _without_much_told(batches, now))


def _to_channel(message: Message, recipient: Recipient, reached: Collection[str]) -> None:
    if isinstance(recipient.row, Channel):
        carry_message(message, recipient.row, reached=reached)


def _send(batch: _Batch, carry: Carry, now: datetime) -> bool:
    """Claim, send, mark; whether it has arrived anywhere."""
    name = batch.name or uuid.uuid4()
    mine = _claim(batch, name, now)
    if mine is None:
        return False
    to = mine.recipient
    message = word_message(
        mine.warnings, identity=str(name), made_at=now, language=to.language, to_person=bool(to.email)
    )
    try:
        carry(message, to, mine.reached)
    except NotDelivered as error:
        _note_failure(mine, error, now)
        return bool(error.reached)
    _note_success(mine)
    return True


def _claim(batch: _Batch, name: uuid.UUID, now: datetime) -> _Batch | None:
    """By one conditional update, so that of two clocks one sends it; who is cut off after it lets it come again.

    What another clock has claimed a moment ago is not among it: that one tells it.
    """
    free = Delivery.objects.untried_or_due(now).filter(pk__in=_keys(batch), message=batch.name)
    claimed = free.update(message=name, tries=F("tries") + 1, due_at=now + _pause(batch.tries + 1))
    if not claimed or claimed == len(batch.deliveries):
        return batch if claimed else None
    keys = set(Delivery.objects.filter(message=name, sent_at=None).values_list("pk", flat=True))
    told = zip(batch.deliveries, batch.warnings, strict=True)
    return _batch(batch.recipient, batch.name, [(one, warning) for one, warning in told if one.pk in keys])


def _pause(tries: int) -> timedelta:
    return timedelta(minutes=min(2**tries, limits.DELIVERY_PAUSE_MINUTES))


def _keys(batch: _Batch) -> list[int]:
    return [delivery.pk for delivery in batch.deliveries]


def _note_success(batch: _Batch) -> None:
    with transaction.atomic():
        sent = Delivery.objects.filter(pk__in=_keys(batch), sent_at=None)
        sent.update(sent_at=timezone.now(), reached=[], trouble_sentence="", trouble_details={})
        note_outcome(batch.recipient.row, None, arrived=True)


def _note_failure(batch: _Batch, error: NotDelivered, now: datetime) -> None:
    """When it is tried again, and who has it already; or that it is given up."""
    words = "a message did not arrive in every mailbox" if error.reached else "a message did not arrive"
    log.warning(words, reason=type(error).__name__, to=str(batch.recipient.row), tries=batch.tries + 1)
    pause = _pause(batch.tries + 1) if error.try_again else timedelta(minutes=limits.DELIVERY_PAUSE_MINUTES)
    due_at = now + max(pause, timedelta(seconds=error.retry_after or 0))
    with transaction.atomic():
        failed = Delivery.objects.waiting().filter(pk__in=_keys(batch))
        failed.update(due_at=due_at, trouble_sentence=error.sentence, trouble_details=error.details)
        if error.reached:
            failed.update(reached=[*batch.reached, *error.reached], reached_at=timezone.now())
        failed.filter(tries__gte=limits.DELIVERY_TRIES).update(
            dropped_at=timezone.now(), dropped_because=Dropped.GIVEN_UP
        )
        note_outcome(batch.recipient.row, error, arrived=bool(error.reached))
