import uuid
from datetime import datetime

from django.db import models


class Installation(models.Model):
    """This installation itself: one row."""

    org_magic = models.UUIDField(default=uuid.uuid4, help_text="Sent in every profile; devices keep it.")
    requires_mfa = models.BooleanField(default=False, help_text="Who signs in with a password needs a second factor.")
    clock_at = models.DateTimeField(null=True, blank=True, help_text="When the clock last looked for what is due.")
    # Of the one-time link for the first administrator; empty once it was used.
    hashed_first_link = models.CharField(max_length=64, blank=True)

    # What the audit log is marked and chained with, so that the database alone cannot be made to agree with itself.
    sealed_audit_key = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_installation", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(self.org_magic)

    @classmethod
    def this(cls) -> "Installation":
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def clock_looked_at(cls) -> datetime | None:
        """When the clock last looked for what is due; None when it never did."""
        return cls.objects.filter(pk=1).values_list("clock_at", flat=True).first()

    @classmethod
    def note_clock(cls, now: datetime) -> None:
        """The clock has looked for what is due."""
        cls.objects.update_or_create(pk=1, defaults={"clock_at": now})
