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

APPS_AND_BOOKS = "https://vpp.itunes.apple.com/mdm/v2/"


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

    # Where it is asked; it keeps the address it was added with, as tokens do.
    apple_url = models.URLField(default=APPS_AND_BOOKS)
    # What Apple told of the location it speaks for.
    location_name = models.CharField(max_length=250, blank=True)
    country = models.CharField(max_length=2, blank=True)
    uid = models.CharField(max_length=100, blank=True)
    managed_by = models.CharField(max_length=250, blank=True, help_text="The product that says it manages it.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When the licences were last read.")
    next_read_at = models.DateTimeField(null=True, blank=True, help_text="None: as soon as possible.")
    # One reader at a time; whoever claims it holds it for a lease.
    reading_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Readings that failed since one did not.")
    rejected_at = models.DateTimeField(null=True, blank=True)
    unreachable_since = models.DateTimeField(null=True, blank=True)
    # What Apple last said no with: msgids, as in Token.
    trouble_sentence = models.TextField(blank=True)
    trouble_advice = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)

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
