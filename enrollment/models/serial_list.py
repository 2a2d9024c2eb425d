from pathlib import PurePath
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from enrollment.models.person import Person


class SerialVerdict(models.TextChoices):
    """What became of one row of a list of serial numbers."""

    FOUND = "found", _("Found")
    SEVERAL = "several", _("In several tokens")
    UNKNOWN = "unknown", _("Unknown")
    DUPLICATE = "duplicate", _("Twice in the list")
    NOT_A_SERIAL = "no_serial", _("Not a serial number")
    DAMAGED = "damaged", _("Made a figure of by a spreadsheet")


# What may be a device: one that was unknown may have come since.
LOOKED_FOR = (SerialVerdict.FOUND, SerialVerdict.SEVERAL, SerialVerdict.UNKNOWN)


class SerialListQuerySet(models.QuerySet["SerialList"]):
    def visible_to(self, person: "Person") -> "SerialListQuerySet":
        """Their own: a list holds what its owner typed, whatever others may see of it."""
        return self.filter(person.made_by_them("owner"))


class SerialList(models.Model):
    """Apple serial numbers somebody pasted or uploaded, to be looked up and assigned (DEV-3)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="serial_lists")
    key = models.ForeignKey("ApiKey", models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField(default=dict, help_text="SerialVerdict → how many rows.")

    objects = SerialListQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def file_name(self) -> str:
        """What the file with its answers is called."""
        return f"{slugify(PurePath(self.name).stem) or 'serial-numbers'}-answers.csv"


class SerialRow(models.Model):
    """One row of a list: what was given, and what it was understood as."""

    list = models.ForeignKey(SerialList, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Its line in what was given, from 1.")
    given = models.CharField(max_length=250, blank=True)
    serial = models.CharField(max_length=32, blank=True)
    profile_name = models.CharField(max_length=125, blank=True)
    note = models.CharField(max_length=500, blank=True)
    verdict = models.CharField(max_length=10, choices=SerialVerdict.choices)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["list", "serial"], name="serials_of_a_list")]
        constraints = [models.UniqueConstraint(fields=["list", "number"], name="a_line_once_per_list")]

    def __str__(self) -> str:
        return f"{self.number} · {self.serial or self.given}"
