from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.sync_run import SyncRun


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Added")
    UPDATED = "updated", _("Updated")
    RELEASED = "released", _("Released")


class SyncChange(models.Model):
    """One of the first devices a run added, updated or released; the run counts all of them (SYNC-10)."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    serial = models.CharField(max_length=32)
    differences = models.JSONField(default=dict, help_text="Column of the device → [before, after], as texts.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.serial} · {self.get_kind_display()}"
