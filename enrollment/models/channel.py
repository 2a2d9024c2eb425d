from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.scope_tag import ScopeTag
from enrollment.models.severity import Severity

if TYPE_CHECKING:
    from enrollment.models.person import Person


class ChannelKind(models.TextChoices):
    """How a channel is spoken to (WARN-3)."""

    MAIL = "mail", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")
    SLACK = "slack", _("Slack")
    TEAMS = "teams", _("Microsoft Teams")


class Rhythm(models.TextChoices):
    """When messages go out: each at once, or gathered."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, person: "Person") -> "ChannelQuerySet":
        """Channels belong to the installation as a whole: to who sees all of it (ROLE-3)."""
        return self if person.sees_everything else self.none()


class Channel(models.Model):
    """Where warnings are sent besides to people: mailboxes, a webhook, a chat (WARN-3)."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    is_on = models.BooleanField(default=True)
    least_severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    language = models.CharField(max_length=8, default="en")
    scope_tags = models.ManyToManyField(
        ScopeTag,
        related_name="channels",
        blank=True,
        help_text="Only warnings about tokens with one of them.",
    )
    addresses = models.JSONField(default=list, blank=True, help_text="Of mailboxes; only of a channel of that kind.")
    # The address of a webhook lets whoever knows it write into a chat: it is a secret, as is what signs its messages.
    sealed_url = models.BinaryField(null=True, blank=True)
    sealed_secret = models.BinaryField(null=True, blank=True)
    # The one before signs as well for a while, so that the receiver can be told the new one without a gap.
    sealed_secret_before = models.BinaryField(null=True, blank=True)
    secret_made_at = models.DateTimeField(null=True, blank=True)
    host = models.CharField(max_length=253, blank=True, help_text="Of the webhook's address: what may be told of it.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    # How it went last; sentences are msgids, filled in and translated where they are shown.
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When it last took a message.")
    failing_since = models.DateTimeField(null=True, blank=True)
    trouble_sentence = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="a_channel_is_mailboxes_or_has_an_address",
                condition=(Q(kind=ChannelKind.MAIL) & Q(sealed_url=None))
                | (~Q(kind=ChannelKind.MAIL) & Q(sealed_url__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def takes(self, severity: Severity) -> bool:
        """Whether what is so bad is sent there."""
        return self.is_on and severity.rank >= Severity(self.least_severity).rank
