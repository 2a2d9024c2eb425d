from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrollment.models.channel import Channel
from enrollment.models.severity import Severity
from enrollment.models.token import Token
from enrollment.models.vpp_token import VppToken

if TYPE_CHECKING:
    from enrollment.models.person import Person

KEY_LENGTH = 120
REASON_LENGTH = 500


class AlertQuerySet(models.QuerySet["Alert"]):
    def standing(self) -> "AlertQuerySet":
        """About what still holds, as far as the clock has noticed."""
        return self.filter(ended_at=None)

    def visible_to(self, person: "Person") -> "AlertQuerySet":
        """Those about a token they see; what is about the installation belongs to who sees all of it (ROLE-3)."""
        if person.sees_everything:
            return self
        tokens, licences = Token.objects.visible_to(person), VppToken.objects.visible_to(person)
        return self.filter(Q(token__in=tokens) | Q(vpp_token__in=licences))


class Alert(models.Model):
    """What the clock and people did about a warning: since when it holds, who snoozed it and why.

    Whether it holds, and what it says, is found in the rows it is about (actions/warnings); this row only remembers.
    """

    # Condition and object, such as "token_rejected.token-5": what the warning's own `key` says.
    key = models.CharField(max_length=KEY_LENGTH)
    condition = models.CharField(max_length=40)
    token = models.ForeignKey(Token, models.CASCADE, null=True, blank=True, related_name="alerts")
    vpp_token = models.ForeignKey(VppToken, models.CASCADE, null=True, blank=True, related_name="alerts")
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="alerts")

    since = models.DateTimeField(help_text="When it began to hold, or was first seen to.")
    ended_at = models.DateTimeField(null=True, blank=True)

    snoozed_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snoozed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    snooze_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    # A snooze ends when it gets worse than it was when somebody decided to wait.
    snoozed_severity = models.CharField(max_length=10, choices=Severity.choices, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="one_alert_as_long_as_it_holds"),
            models.CheckConstraint(
                name="a_snooze_has_an_end_and_a_reason",
                condition=Q(snoozed_until=None) | (Q(snoozed_at__isnull=False) & Q(snooze_reason__gt="")),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def part(self) -> str:
        """What of its object it is about, as the key says it; empty when it is about all of it."""
        return ".".join(self.key.split(".")[2:])

    def snoozes(self, severity: Severity, now: datetime) -> bool:
        """Whether somebody asked not to hear of it now, and it has not become worse since."""
        if self.snoozed_until is None or self.snoozed_until <= now:
            return False
        return severity.rank <= Severity(self.snoozed_severity or severity).rank
