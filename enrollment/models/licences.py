from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from enrollment import limits
from enrollment.models.vpp_token import VppToken

if TYPE_CHECKING:
    from enrollment.models.person import Person


# Of one row: an app of which few are left at all its prices together has few left at one of them. Divided, for what a
# free app reports may be as much as a number can be.
FEW_LEFT = Q(available__lte=limits.LICENCES_LOW) | Q(available__lte=F("total") / (100 // limits.LICENCES_LOW_PERCENT))


class LicencesQuerySet(models.QuerySet["Licences"]):
    def visible_to(self, person: "Person") -> "LicencesQuerySet":
        return self.filter(vpp_token__in=VppToken.objects.visible_to(person))

    def few_left(self) -> "LicencesQuerySet":
        """Found by an index of their own: warnings stand on every page."""
        return self.filter(FEW_LEFT)


class Licences(models.Model):
    """What a location owns of one app or book at one price, as Apple last told (VPP-1)."""

    vpp_token = models.ForeignKey(VppToken, models.CASCADE, related_name="licences", db_index=False)
    adam_id = models.CharField(max_length=20, help_text="Of the App Store; Apple writes it as digits.")
    pricing_param = models.CharField(max_length=10, help_text="STDQ or PLUS: one app can be owned at both.")
    name = models.CharField(max_length=250, blank=True, help_text="In the App Store; empty when it was not told.")
    product_type = models.CharField(max_length=10, blank=True)
    total = models.PositiveIntegerField(default=0)
    assigned = models.PositiveIntegerField(default=0)
    available = models.PositiveIntegerField(default=0)
    retired = models.PositiveIntegerField(default=0)
    device_assignable = models.BooleanField(default=True)
    revocable = models.BooleanField(default=True)
    platforms = models.JSONField(default=list, blank=True)

    objects = LicencesQuerySet.as_manager()

    class Meta:
        ordering = ["name", "adam_id", "pricing_param"]
        constraints = [
            models.UniqueConstraint(
                fields=["vpp_token", "adam_id", "pricing_param"], name="an_app_is_counted_once_per_price"
            )
        ]
        indexes = [models.Index(fields=["vpp_token", "adam_id"], condition=FEW_LEFT, name="licences_few_left")]

    def __str__(self) -> str:
        return self.name or self.adam_id
