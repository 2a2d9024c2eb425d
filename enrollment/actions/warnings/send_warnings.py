from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.channels.carry_message import carry_message
from enrollment.actions.warnings.claim_message import Claim, TakenOver, claim_message
from enrollment.actions.warnings.gather_messages import Batch, gather_messages
from enrollment.actions.warnings.mail_message import MailServer, mail_message
from enrollment.actions.warnings.note_outcome import note_outcome
from enrollment.actions.warnings.word_message import word_message
from enrollment.messengers.errors import NotDelivered
from enrollment.messengers.message import Message
from enrollment.models import Channel, Delivery, Dropped

log = structlog.get_logger(__name__)
# Sends a message, to none of several mailboxes that have it already; NotDelivered unless it arrived everywhere.
Carry = Callable[[Message, Claim], None]


def send_warnings(channel: Channel | None = None) -> int:
    """Tell what is due: to this channel, or by mail to people when none is named; how many messages arrived (WARN-3).

    Each recipient gets one message with all of it; a program as many as it takes. A message is claimed before it is
    sent, and marked after: cut in between, it is sent again under the same name when its lease is over.
    """
    batches = gather_messages(channel)
    if not batches:
        return 0
    return _send_to_channel(batches) if channel else _send_to_people(batches)


def _send_to_channel(batches: Sequence[Batch]) -> int:
    """Until one does not arrive: what is wrong with a channel is found out once a minute, not once a message.

    What some mailboxes have comes last: one that is always refused delays nothing for the others.
    """
    arrived = 0
    for batch in sorted(batches, key=lambda batch: bool(batch.reached)):
        if not _send(batch, _to_channel):
            break
        arrived += 1
    return arrived


def _send_to_people(batches: Sequence[Batch]) -> int:
    """Through one connection: a server that is not well is not waited for by each of them."""
    with MailServer() as server:

        def by_mail(message: Message, claim: Claim) -> None:
            mail_message(message, claim.recipient.email, through=server)

        return sum(_send(batch, by_mail) for batch in batches)


def _to_channel(message: Message, claim: Claim) -> None:
    if isinstance(claim.recipient.row, Channel):
        carry_message(message, claim.recipient.row, reached=claim.reached, after_each=claim.go_on)


def _send(batch: Batch, carry: Carry) -> bool:
    """Claim, send, mark; whether it has arrived anywhere. Each by its own time: a round may take long."""
    claim = claim_message(batch)
    if claim is None:
        return False
    to = claim.recipient
    message = word_message(
        claim.warnings,
        identity=str(claim.name),
        made_at=timezone.now(),
        language=to.language,
        to_person=bool(to.email),
    )
    try:
        carry(message, claim)
    except TakenOver:
        log.warning("a message took so long that another worker sends it", to=str(to.row), tries=claim.tries)
        return False
    except NotDelivered as error:
        _note_failure(claim, error)
        return bool(error.reached)
    _note_success(claim)
    return True


def _note_success(claim: Claim) -> None:
    with transaction.atomic():
        sent = Delivery.objects.filter(pk__in=claim.keys, sent_at=None)
        sent.update(sent_at=timezone.now(), reached=[], trouble_sentence="", trouble_details={})
        note_outcome(claim.recipient.row, None, arrived=True)


def _note_failure(claim: Claim, error: NotDelivered) -> None:
    """When it is tried again; or that it is given up."""
    words = "a message did not arrive in every mailbox" if error.reached else "a message did not arrive"
    log.warning(words, reason=type(error).__name__, to=str(claim.recipient.row), tries=claim.tries)
    now = timezone.now()
    due_at = now + max(_pause(claim.tries, error), timedelta(seconds=error.retry_after or 0))
    columns: dict[str, Any] = {
        "due_at": due_at,
        "trouble_sentence": error.sentence,
        "trouble_details": error.details,
    }
    if claim.tries >= limits.DELIVERY_TRIES:
        columns |= {"dropped_at": now, "dropped_because": Dropped.GIVEN_UP}
    with transaction.atomic():
        claim.held.waiting().update(**columns)
        note_outcome(claim.recipient.row, error, arrived=bool(error.reached))


def _pause(tries: int, error: NotDelivered) -> timedelta:
    minutes = 2**tries if error.try_again else limits.DELIVERY_PAUSE_MINUTES
    return timedelta(minutes=min(minutes, limits.DELIVERY_PAUSE_MINUTES))
