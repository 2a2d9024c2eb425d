from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment.models import Alert, Delivery, Permission, Person
from enrollment.permissions import may

SHOWN = 100


class TellingState(TextChoices):
    """What became of a telling."""

    TOLD = "told", gettext_lazy("Sent")
    WAITING = "waiting", gettext_lazy("To be sent")
    DROPPED = "dropped", gettext_lazy("Not sent")


@dataclass(frozen=True)
class Telling:
    """One step of a warning, told or to be told to somebody whose name the reader may know."""

    to: str
    is_channel: bool
    delivery: Delivery

    @property
    def step(self) -> str:
        return self.delivery.step

    @property
    def state(self) -> TellingState:
        if self.delivery.sent_at:
            return TellingState.TOLD
        return TellingState.DROPPED if self.delivery.dropped_at else TellingState.WAITING

    @property
    def at(self) -> datetime:
        """When it was sent or dropped, or is tried next."""
        return self.delivery.sent_at or self.delivery.dropped_at or self.delivery.due_at

    @property
    def dropped_because(self) -> str:
        """In words; empty unless it was dropped."""
        return str(self.delivery.get_dropped_because_display()) if self.delivery.dropped_at else ""

    @property
    def reached(self) -> str:
        """How many of a channel's mailboxes have it, in words, as long as others have not."""
        count = len(self.delivery.reached)
        words = ngettext("%(count)d mailbox has it.", "%(count)d mailboxes have it.", count)
        return words % {"count": count} if count else ""

    @property
    def trouble(self) -> str:
        """What the last try failed with; of no interest once it was sent."""
        said = "" if self.delivery.sent_at else self.delivery.trouble_sentence
        return _(said) % self.delivery.trouble_details if said else ""


@dataclass(frozen=True)
class ToldAbout:
    """Whom a warning was told, as far as the reader may know who they are, and how often in all."""

    sent: int = 0
    waiting: int = 0
    dropped: int = 0
    tellings: list[Telling] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.dropped


def told_about(alert: Alert | None, reader: Person) -> ToldAbout:
    """What was sent about a warning, to whom and when, the newest first; names are for who may read who may what."""
    if alert is None:
        return ToldAbout()
    deliveries = Delivery.objects.filter(alert=alert)
    is_waiting = Q(sent_at=None, dropped_at=None)
    counts: dict[str, Any] = deliveries.aggregate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        waiting=Count("pk", filter=is_waiting),
        dropped=Count("pk", filter=Q(sent_at=None, dropped_at__isnull=False)),
    )
    named = deliveries.filter(_known_to(reader)).select_related("person", "channel")[:SHOWN]
    return ToldAbout(**counts, tellings=[_telling(delivery) for delivery in named])


def _known_to(reader: Person) -> Q:
    """Themselves, always; others for who may read them (ROLE-1), as far as they see."""
    known = Q(person=reader)
    if may(reader, Permission.MANAGE_ACCESS) or may(reader, Permission.READ_AUDIT):
        known |= Q(person__in=Person.objects.visible_to(reader))
        if reader.sees_everything:
            known |= Q(channel__isnull=False)
    return known


def _telling(delivery: Delivery) -> Telling:
    return Telling(str(delivery.person or delivery.channel), delivery.channel is not None, delivery)
