from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.token import Token


class EventKind(models.TextChoices):
    """What happened to a device; what `value` holds stands beside it."""

    RETURNED = "returned", _("Came back to the server")
    RELEASED = "released", _("Left the server")
    AT_APPLE = "at_apple", _("Changed at Apple")  # AppleProfileStatus; `uuid` is the profile's
    WISHED = "wished", _("Decided")  # Wish; `profile` and `because` say the rest
    ANSWERED = "answered", _("Apple answered")  # Answer; `uuid` is what Apple was asked for
    REFRESHED = "refreshed", _("Read from Apple")
    DISOWNED = "disowned", _("Release from the organisation")  # Result
    LOCKED = "locked", _("Activation Lock")  # Result


class DeviceEvent(models.Model):
    """One thing that happened to one device (DEV-7); kept by serial number, so it outlives the row of the device."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+", db_index=False)
    serial = models.CharField(max_length=32)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    value = models.CharField(max_length=30, blank=True, db_default="")
    uuid = models.CharField(max_length=32, blank=True, db_default="")
    because = models.CharField(max_length=8, blank=True, db_default="")
    # Plain numbers without a constraint: an event outlives what it speaks of.
    profile = models.ForeignKey(
        "Profile", models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        "Person", models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["token", "serial", "at"], name="events_of_a_device"),
            models.Index(fields=["at"], name="events_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.serial} · {self.get_kind_display()}"
