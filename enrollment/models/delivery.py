from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.alert import Alert
from enrollment.models.channel import Channel

STEP_LENGTH = 20


class Dropped(models.TextChoices):
    """Why a delivery goes out no more. All but the last are taken up again when there is something to tell again."""

    OVER = "over", _("Over before it was told")
    SNOOZED = "snoozed", _("Snoozed")
    NOT_THEIRS = "not_theirs", _("Not for them any more")
    GIVEN_UP = "given_up", _("Given up")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        """Neither sent nor dropped, whenever it is due."""
        return self.filter(sent_at=None, dropped_at=None)

    def to_send(self, now: datetime) -> "DeliveryQuerySet":
        """What is due."""
        return self.waiting().filter(due_at__lte=now)

    def untried_or_due(self, now: datetime) -> "DeliveryQuerySet":
        """What may be claimed: a second try waits for its time, a first one may go with what is due."""
        return self.waiting().filter(Q(due_at__lte=now) | Q(tries=0))

    def undelivered(self) -> "DeliveryQuerySet":
        """What was tried in vain and still holds, whether it was given up or is tried again, perhaps just now."""
        in_vain = Q(tries=1, trouble_sentence__gt="") | Q(tries__gt=1)
        lost = Q(in_vain, dropped_at=None) | Q(dropped_because=Dropped.GIVEN_UP)
        return self.filter(lost, sent_at=None, alert__ended_at=None)

    def with_what_waits(self, now: datetime, channel: Channel | None) -> "DeliveryQuerySet":
        """What is due for the channel, or for people; a digest that goes out takes along what would wait for the next.

        So that what became worse in the hour of the digest is not told a day or a week later.
        """
        theirs = self.filter(channel=channel)
        first = theirs.to_send(now).filter(tries=0)
        going = Q(channel__in=first.values("channel")) if channel else Q(person__in=first.values("person"))
        return theirs.waiting().filter(Q(due_at__lte=now) | Q(going, tries=0))

    def messages_since(self, moment: datetime) -> list[tuple[int | None, int | None]]:
        """Person and channel of each message that has arrived since then, if only in some of several mailboxes.

        Asked for each of the two ways by itself: for both at once SQLite would read all there ever was.
        """
        columns = ("person_id", "channel_id", "message")
        sent, partly = (self.filter(**{f"{at}__gt": moment}).order_by() for at in ("sent_at", "reached_at"))
        told = sent.values_list(*columns).union(partly.values_list(*columns))
        return [(person, channel) for person, channel, message in told if message]

    def channels_to_tell(self, now: datetime) -> list[int | None]:
        """The keys of the channels for which something is due; None stands for people."""
        return list(self.to_send(now).order_by().values_list("channel_id", flat=True).distinct())


class Delivery(models.Model):
    """One step of one warning, told to one person or channel. The row comes first: it is the wish, the lock, the
    retry and the history, so that nothing is told twice (WARN-3)."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="deliveries")
    # Which step of it, such as "30" of the days before an expiry; empty when it has none.
    step = models.CharField(max_length=STEP_LENGTH, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="deliveries")

    created_at = models.DateTimeField()
    # Of one that is being sent: when another worker may take it over.
    due_at = models.DateTimeField(help_text="Of the next try; for a digest, when it goes out.")
    tries = models.PositiveSmallIntegerField(default=0)
    # Of the message it went out with, the same at each try: whoever gets it twice can tell.
    message = models.UUIDField(null=True, blank=True, db_index=True)
    # Of a channel's mailboxes those that have it, as long as others wait for it; and when the last of them got it.
    reached = models.JSONField(default=list, blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=10, choices=Dropped.choices, blank=True)
    # What the last try failed with; empty as long as one is under way.
    trouble_sentence = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, dropped_at=None), name="deliveries_to_send"),
            # What was sent in the last hour, to whom.
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="deliveries_sent"),
            models.Index(
                fields=["reached_at"], condition=Q(reached_at__isnull=False), name="deliveries_that_reached_some"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "step", "person"],
                condition=Q(person__isnull=False),
                name="a_person_is_told_a_step_once",
            ),
            models.UniqueConstraint(
                fields=["alert", "step", "channel"],
                condition=Q(channel__isnull=False),
                name="a_channel_is_told_a_step_once",
            ),
            models.CheckConstraint(
                name="a_delivery_goes_to_one",
                condition=Q(person__isnull=True) ^ Q(channel__isnull=True),
            ),
            models.CheckConstraint(
                name="a_delivery_is_dropped_for_a_reason",
                condition=Q(dropped_at=None, dropped_because="") | Q(dropped_at__isnull=False, dropped_because__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert.key} · {self.step}"
