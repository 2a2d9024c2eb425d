import uuid

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
