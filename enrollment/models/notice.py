from django.conf import settings
from django.db import models

from enrollment.models.token import Token


class Notice(models.Model):
    """One mail to one person about one step of a token's expiry. The row comes first, so it is never sent twice."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    days = models.PositiveSmallIntegerField(help_text="The step: 60, 30, 14, 7, 1, or 0 when it has expired.")
    expires_at = models.DateTimeField(help_text="Of the token at that time: a renewed token starts its steps anew.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "person", "days", "expires_at"], name="a_step_is_told_once_to_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.token.name} · {self.days}"
