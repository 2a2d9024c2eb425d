from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.scope_tag import ScopeTag
from enrollment.models.token import is_pretend_address
from enrollment.models.told_name import UNTOLD, told_name

if TYPE_CHECKING:
    from enrollment.models.person import Person

APPS_AND_BOOKS = "https://vpp.itunes.apple.com/mdm/v2/"


def content_address(apple_url: str) -> str:
    """Where Apps and Books answers of the Apple at an address: a pretend one has all its services in one place."""
    return f"{apple_url.rstrip('/')}/mdm/v2/" if is_pretend_address(apple_url) else APPS_AND_BOOKS


def portal_address() -> str:
    """Where a pretend Apple's licences are bought; "" when the real one is asked."""
    return f"{settings.APPLE_URL}/portal/licences" if is_pretend_address(settings.APPLE_URL) else ""


class VppTokenStatus(models.TextChoices):
    """Of several that hold, the first is shown."""

    EXPIRED = "expired", _("Expired")
    REJECTED = "rejected", _("Rejected")
    UNREACHABLE = "unreachable", _("Unreachable")
    EXPIRES_SOON = "expires_soon", _("Expires soon")
    ACTIVE = "active", _("Active")


# Each status with the same rule for one row and for the database, side by side; a test holds them together.
RULES: list[tuple[VppTokenStatus, Callable[["VppToken", datetime], bool], Callable[[datetime], Q]]] = [
    (VppTokenStatus.EXPIRED, lambda t, now: t.expires_at <= now, lambda now: Q(expires_at__lte=now)),
    (VppTokenStatus.REJECTED, lambda t, _now: t.rejected_at is not None, lambda _now: Q(rejected_at__isnull=False)),
    (
        VppTokenStatus.UNREACHABLE,
        lambda t, _now: t.unreachable_since is not None,
        lambda _now: Q(unreachable_since__isnull=False),
    ),
    (
        VppTokenStatus.EXPIRES_SOON,
        lambda t, now: t.expires_at <= now + limits.TOKEN_EXPIRES_SOON,
        lambda now: Q(expires_at__lte=now + limits.TOKEN_EXPIRES_SOON),
    ),
]


class VppTokenQuerySet(models.QuerySet["VppToken"]):
    def visible_to(self, person: "Person") -> "VppTokenQuerySet":
        if person.sees_everything:
            return self
        tagged = VppToken.scope_tags.through.objects.filter(scopetag__in=person.scope_keys)
        return self.filter(pk__in=tagged.values("vpptoken_id"))

    def to_read(self, now: datetime) -> "VppTokenQuerySet":
        """Whose licences are due to be read; no asking helps one whose year is over."""
        due = self.filter(Q(next_read_at=None) | Q(next_read_at__lte=now), expires_at__gt=now)
        return due.filter(Q(reading_until=None) | Q(reading_until__lt=now)).order_by(
            F("next_read_at").asc(nulls_first=True)
        )

    def with_status(self, now: datetime | None = None) -> "VppTokenQuerySet":
        """Each token with `status_now`, to filter and sort by."""
        now = now or timezone.now()
        cases = [When(holds(now), then=Value(status.value)) for status, _one, holds in RULES]
        return self.annotate(status_now=Case(*cases, default=Value(VppTokenStatus.ACTIVE.value)))

    def in_status(self, *statuses: VppTokenStatus) -> "VppTokenQuerySet":
        return self.with_status().filter(status_now__in=statuses)

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

    status_now: str  # of with_status
    has_portal: bool  # whether it has licences of the Company Portal, where that was looked for

    objects = VppTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> VppTokenStatus:
        now = timezone.now()
        return next((status for status, holds, _all in RULES if holds(self, now)), VppTokenStatus.ACTIVE)

    def claim_reading(self) -> bool:
        """Make the reading of its licences ours for the time of a lease; False when it is somebody else's."""
        now = timezone.now()
        free = VppToken.objects.filter(Q(reading_until=None) | Q(reading_until__lt=now), pk=self.pk)
        changed = free.update(reading_until=now + limits.LICENCES_LEASE)
        if changed:
            self.refresh_from_db()
        return bool(changed)

    def end_reading(self, **what_came_of_it: Any) -> bool:
        """Give the reading back with what came of it; False when it is not ours any more: then write nothing."""
        mine = VppToken.objects.filter(pk=self.pk, reading_until=self.reading_until, reading_until__isnull=False)
        changed = mine.update(reading_until=None, **what_came_of_it)
        if changed:
            self.refresh_from_db()
        return bool(changed)

    @property
    def is_being_read(self) -> bool:
        """Somebody reads its licences, or is about to."""
        now = timezone.now()
        is_at_work = self.reading_until is not None and self.reading_until >= now
        return is_at_work or (self.next_read_at is None and not self.has_expired)

    def is_called(self, typed: str) -> bool:
        """Whether this is its name: what is typed to confirm that it is meant."""
        return typed.strip() == self.name

    @property
    def place(self) -> str:
        """Whose licences these are, as far as it is known."""
        return self.location_name or self.org_name

    @property
    def is_pretend(self) -> bool:
        return self.apple_url != APPS_AND_BOOKS

    @property
    def portal(self) -> str:
        """Where a pretend Apple's licences are bought; "" of the real one."""
        return f"{self.apple_url.removesuffix('mdm/v2/')}portal/licences" if self.is_pretend else ""

    @property
    def is_untold(self) -> bool:
        """Whether its reader does not see it (see told_to)."""
        return self.name == UNTOLD

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def days_left(self) -> int:
        """Whole days until Apple stops accepting it; negative when it has."""
        return (self.expires_at - timezone.now()) // timedelta(days=1)
