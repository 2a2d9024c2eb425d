import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings.audience import Recipient
from enrollment.actions.warnings.gather_messages import Batch
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Delivery
from enrollment.models.delivery import DeliveryQuerySet


class TakenOver(Exception):
    """The lease was over before the message had gone everywhere, and another worker has it now."""


@dataclass
class Claim:
    """A message that this worker alone sends, until its lease is over. `until` is the lease, and names its holder."""

    recipient: Recipient
    name: uuid.UUID
    until: datetime
    tries: int  # this one included
    reached: Sequence[str]  # of a channel's mailboxes
    keys: Collection[int]  # of its deliveries
    warnings: Sequence[StandingWarning]

    @property
    def held(self) -> DeliveryQuerySet:
        """Its deliveries; none when another worker has taken it over."""
        return Delivery.objects.filter(message=self.name, due_at=self.until, sent_at=None)

    def go_on(self, reached: Sequence[str]) -> None:
        """After each mailbox: hold it for as long again, and note which ones have it by now. TakenOver."""
        now = timezone.now()
        until = now + limits.DELIVERY_LEASE
        columns: dict[str, Any] = {"due_at": until}
        if [*reached] != [*self.reached]:
            columns |= {"reached": [*reached], "reached_at": now}
        if not self.held.update(**columns):
            raise TakenOver
        self.until, self.reached = until, [*reached]


def claim_message(batch: Batch) -> Claim | None:
    """By one conditional update, so that of two workers one sends it; None when another has it.

    Who is cut off after it lets it come again when the lease is over. What another worker has claimed a moment ago is
    not among it, and who has it is read anew: the batch may be older than what others have done about it.
    """
    now = timezone.now()
    name, until = batch.name or uuid.uuid4(), now + limits.DELIVERY_LEASE
    free = Delivery.objects.untried_or_due(now).filter(pk__in=[key for key, _one in batch.told], message=batch.name)
    # Trouble is what a try failed with: none is known of one that is under way (try_channel).
    if not free.update(message=name, tries=F("tries") + 1, due_at=until, trouble_sentence="", trouble_details={}):
        return None
    claimed = Delivery.objects.waiting().filter(message=name, due_at=until)
    rows = {pk: (tries, reached) for pk, tries, reached in claimed.values_list("pk", "tries", "reached")}
    told = [(key, warning) for key, warning in batch.told if key in rows]
    if not told:
        return None
    tries, reached = rows[told[0][0]]  # the same for all of it
    return Claim(batch.recipient, name, until, tries, reached, [*rows], [warning for _key, warning in told])
