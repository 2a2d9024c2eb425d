import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings.audience import Audience, Recipient
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.messengers import webhook
from enrollment.models import Channel, ChannelKind, Delivery, Dropped

HOUR = timedelta(hours=1)
# Whom it tells, its name from its first try on, and which mailboxes have it.
_OneMessage = tuple[tuple[int | None, int | None], uuid.UUID | None, tuple[str, ...]]


class _Due(NamedTuple):
    """Of a delivery that is due, what is needed here: there may be very many."""

    pk: int
    message: uuid.UUID | None
    step: str
    person: int | None
    channel: int | None
    reached: Sequence[str]  # of a channel's mailboxes
    key: str  # of the warning


@dataclass(frozen=True)
class Batch:
    """What one message tells one recipient: deliveries by their keys, and the warning each is about.

    It keeps its name from its first try on. Of a channel's mailboxes `reached` are those that had it when it was read.
    """

    recipient: Recipient
    name: uuid.UUID | None
    reached: Sequence[str]
    told: Sequence[tuple[int, StandingWarning]]


def gather_messages(channel: Channel | None) -> list[Batch]:
    """What is due for this channel, or by mail for people when none is named: one message each with all of it (WARN-3).

    What there is no use in telling any more is dropped, and whoever was told much lately is left in peace.
    """
    now = timezone.now()
    return _without_much_told(_batches(_due(channel, now), now), now)


def _due(channel: Channel | None, now: datetime) -> list[_Due]:
    rows = Delivery.objects.with_what_waits(now, channel).order_by("due_at", "pk")
    columns = rows.values_list("pk", "message", "step", "person_id", "channel_id", "reached", "alert__key")
    return [_Due(*row) for row in columns]


def _batches(due: Sequence[_Due], now: datetime) -> list[Batch]:
    """By recipient, message and who has it."""
    if not due:
        return []
    standing = {warning.key: warning for warning in current_warnings(None)}
    audience = Audience()
    recipients = {recipient.columns: recipient for recipient in audience.recipients}
    dropped: dict[Dropped, list[int]] = {}
    found: dict[_OneMessage, list[tuple[int, StandingWarning]]] = {}
    for delivery in due:
        warning = standing.get(delivery.key)
        recipient = recipients.get((delivery.person, delivery.channel))
        if reason := _reason_against(delivery, warning, recipient, audience):
            dropped.setdefault(reason, []).append(delivery.pk)
        elif warning and recipient:
            one = (recipient.columns, delivery.message, tuple(delivery.reached))
            found.setdefault(one, []).append((delivery.pk, warning))
    _drop(dropped, now)
    return [
        Batch(recipients[columns], name, reached, part)
        for (columns, name, reached), told in found.items()
        for part in _parts(told, recipients[columns], name)
    ]


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


def _parts(
    told: Sequence[tuple[int, StandingWarning]], to: Recipient, name: uuid.UUID | None
) -> Iterator[Sequence[tuple[int, StandingWarning]]]:
    """All in one, for people read that there are more and look; a program is told of each, in as many as it takes.

    What has a name already stays together: the receiver may have it.
    """
    is_program = isinstance(to.row, Channel) and to.row.kind == ChannelKind.WEBHOOK
    if not is_program or name:
        yield told
        return
    worst = sorted(told, key=lambda one: -one[1].severity.rank)
    for start in range(0, len(worst), webhook.MOST):
        yield worst[start : start + webhook.MOST]


def _without_much_told(batches: Sequence[Batch], now: datetime) -> list[Batch]:
    """Without those for whoever was told several times in the last hour: theirs is gathered, and comes later."""
    if not batches:
        return []
    messages = Counter(Delivery.objects.messages_since(now - HOUR))
    full = {columns for columns, count in messages.items() if count >= limits.MESSAGES_PER_HOUR}
    return [batch for batch in batches if batch.name or batch.recipient.columns not in full]
