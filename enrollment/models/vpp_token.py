from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.scope_tag import ScopeTag
from enrollment.models.told_name import told_name

if TYPE_CHECKING:
    from enrollment.models.person import Person


class VppTokenStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    EXPIRES_SOON = "expires_soon", _("Expires soon")
    EXPIRED = "expired", _("Expired")


class VppTokenQuerySet(models.QuerySet["VppToken"]):
    def visible_to(self, person: "Person") -> "VppTokenQuerySet":
        if person.sees_everything:
            return self
        tagged = VppToken.scope_tags.through.objects.filter(scopetag__in=person.scope)
        return self.filter(pk__in=tagged.values("vpptoken_id"))

    def told_to(self, reader: "Person | None", key: Any) -> "VppToken | None":
        """The token of a key as a reader is told of it: one they do not see has no name for them (ROLE-3)."""
        token = self.filter(pk=key).first() if isinstance(key, int) else None
        if token:
            token.name = told_name(token, reader)
        return token


class VppToken(models.Model):
    """A content token of Apps and Books: whose licences devices are given."""

    name = models.CharField(max_length=100, unique=True)
    org_name = models.CharField(max_length=250, blank=True)
    expires_at = models.DateTimeField()
    sealed_token = models.BinaryField()
    # SHA-256 of the token: knows a file again without telling what is in it.
    mark = models.CharField(max_length=64, unique=True)
    scope_tags = models.ManyToManyField(ScopeTag, related_name="vpp_tokens", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VppTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> VppTokenStatus:
        left = self.expires_at - timezone.now()
        if left <= timedelta():
            return VppTokenStatus.EXPIRED
        return VppTokenStatus.EXPIRES_SOON if left <= limits.TOKEN_EXPIRES_SOON else VppTokenStatus.ACTIVE

    @property
    def days_left(self) -> int:
        """Whole days until Apple stops accepting it; negative when it has."""
        return (self.expires_at - timezone.now()) // timedelta(days=1)
