from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.scope_tag import ScopeTag

if TYPE_CHECKING:
    from enrollment.models.key_pair import KeyPair
    from enrollment.models.person import Person

APPLE = "https://mdmenrollment.apple.com"


def is_pretend_address(url: str) -> bool:
    return url.rstrip("/") != APPLE


class TokenStatus(models.TextChoices):
    """In the order of requirements.md section 2: of several that hold, the first is shown."""

    NOT_VERIFIED = "not_verified", _("Not verified")
    EXPIRED = "expired", _("Expired")
    REJECTED = "rejected", _("Rejected")
    TERMS_NOT_SIGNED = "terms_not_signed", _("Terms not signed")
    UNREACHABLE = "unreachable", _("Unreachable")
    EXPIRES_SOON = "expires_soon", _("Expires soon")
    ACTIVE = "active", _("Active")


# Each status with the same rule for one row and for the database, side by side; a test holds them together.
RULES: list[tuple[TokenStatus, Callable[["Token", datetime], bool], Callable[[datetime], Q]]] = [
    (TokenStatus.NOT_VERIFIED, lambda t, _now: t.verified_at is None, lambda _now: Q(verified_at=None)),
    (TokenStatus.EXPIRED, lambda t, now: t.expires_at <= now, lambda now: Q(expires_at__lte=now)),
    (TokenStatus.REJECTED, lambda t, _now: t.rejected_at is not None, lambda _now: Q(rejected_at__isnull=False)),
    (
        TokenStatus.TERMS_NOT_SIGNED,
        lambda t, _now: t.terms_since is not None,
        lambda _now: Q(terms_since__isnull=False),
    ),
    (
        TokenStatus.UNREACHABLE,
        lambda t, _now: t.unreachable_since is not None,
        lambda _now: Q(unreachable_since__isnull=False),
    ),
    (
        TokenStatus.EXPIRES_SOON,
        lambda t, now: t.expires_at <= now + limits.TOKEN_EXPIRES_SOON,
        lambda now: Q(expires_at__lte=now + limits.TOKEN_EXPIRES_SOON),
    ),
]


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, person: "Person") -> "TokenQuerySet":
        """The tokens this person may see. Every other queryset's scope is built on this one."""
        if person.sees_everything:
            return self
        tagged = Token.scope_tags.through.objects.filter(scopetag__in=person.scope_keys)
        return self.filter(pk__in=tagged.values("token_id"))  # a subquery: no duplicates, no DISTINCT

    def to_probe(self, now: datetime) -> "TokenQuerySet":
        """Tokens with a trouble whose time to be asked about has come; no asking helps one whose year is over."""
        due = self.filter(Q(next_probe_at__lte=now) | Q(next_probe_at=None, verified_at=None))
        return due.filter(expires_at__gt=now)

    def with_status(self, now: datetime | None = None) -> "TokenQuerySet":
        """Each token with `status_now`, to filter and sort by."""
        now = now or timezone.now()
        cases = [When(holds(now), then=Value(status.value)) for status, _one, holds in RULES]
        return self.annotate(status_now=Case(*cases, default=Value(TokenStatus.ACTIVE.value)))

    def in_status(self, *statuses: TokenStatus) -> "TokenQuerySet":
        return self.with_status().filter(status_now__in=statuses)

    def not_in_status(self, *statuses: TokenStatus) -> "TokenQuerySet":
        return self.with_status().exclude(status_now__in=statuses)


class Token(models.Model):
    """An MDM server of Apple Business or School Manager that we hold the key to."""

    name = models.CharField(max_length=100, unique=True)
    apple_id = models.EmailField(max_length=250)
    apple_url = models.URLField()
    scope_tags = models.ManyToManyField(ScopeTag, related_name="tokens", blank=True)

    sealed_credentials = models.BinaryField()
    # SHA-256 of Apple's address and the consumer key: knows a server again without telling its key.
    server_mark = models.CharField(max_length=64)
    consumer_key_end = models.CharField(max_length=4)
    expires_at = models.DateTimeField()
    sealed_session = models.BinaryField(null=True, blank=True)

    server_name = models.CharField(max_length=250, blank=True)
    server_uuid = models.CharField(max_length=64, blank=True)
    admin_id = models.CharField(max_length=250, blank=True)
    org_name = models.CharField(max_length=250, blank=True)
    org_email = models.CharField(max_length=250, blank=True)
    org_phone = models.CharField(max_length=100, blank=True)
    org_address = models.CharField(max_length=500, blank=True)
    org_id = models.CharField(max_length=100, blank=True)
    org_type = models.CharField(max_length=20, blank=True)
    org_version = models.CharField(max_length=20, blank=True)

    verified_at = models.DateTimeField(null=True, blank=True, help_text="When Apple first answered for this token.")
    rejected_at = models.DateTimeField(null=True, blank=True)
    terms_since = models.DateTimeField(null=True, blank=True)
    unreachable_since = models.DateTimeField(null=True, blank=True)
    # What Apple last said no with: sentences are msgids, filled in and translated where they are shown.
    trouble_sentence = models.TextField(blank=True)
    trouble_advice = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)
    next_probe_at = models.DateTimeField(
        null=True, blank=True, help_text="When Apple is asked again whether all is well."
    )

    cursor = models.CharField(max_length=1000, blank=True)
    cursor_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True, help_text="The last sync that was done.")
    full_synced_at = models.DateTimeField(null=True, blank=True)
    full_because = models.TextField(blank=True, help_text="Why the next sync must be full (SYNC-7), as a msgid.")
    next_sync_at = models.DateTimeField(null=True, blank=True, db_index=True)

    # One reconciler of a token at a time: whoever claims it holds it for a lease and raises the number.
    reconcile_until = models.DateTimeField(null=True, blank=True)
    reconcile_attempt = models.PositiveIntegerField(default=0)

    default_profile = models.ForeignKey("Profile", models.PROTECT, null=True, blank=True, related_name="+")
    default_profile_since = models.DateTimeField(null=True, blank=True)
    # Devices that appeared by then have been decided about by the rules.
    rules_decided_until = models.DateTimeField(null=True, blank=True)
    rules_brake = models.PositiveIntegerField(
        default=limits.RULES_BRAKE, help_text="One run of the rules moves so many devices at the most, else it stops."
    )

    created_at = models.DateTimeField(auto_now_add=True)

    objects = TokenQuerySet.as_manager()

    # Of those that with_status has looked at.
    status_now: str

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["server_mark"], name="a_server_is_connected_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> TokenStatus:
        now = timezone.now()
        return next((status for status, holds, _all in RULES if holds(self, now)), TokenStatus.ACTIVE)

    def claim_reconcile(self) -> bool:
        """Make the reconciling of this token ours for the time of a lease; False when it is somebody else's."""
        now = timezone.now()
        free = Token.objects.filter(Q(reconcile_until=None) | Q(reconcile_until__lt=now), pk=self.pk)
        changed = free.update(reconcile_until=now + limits.SYNC_LEASE, reconcile_attempt=F("reconcile_attempt") + 1)
        if changed:
            self.refresh_from_db()
        return bool(changed)

    def renew_reconcile(self) -> bool:
        """Extend the lease; False when another worker has taken over: then write nothing."""
        return bool(self._my_reconcile().update(reconcile_until=timezone.now() + limits.SYNC_LEASE))

    def end_reconcile(self, *, pause_until: datetime | None = None) -> None:
        """Give it back; with `pause_until` nobody takes it before."""
        self._my_reconcile().update(reconcile_until=pause_until)

    def _my_reconcile(self) -> TokenQuerySet:
        return Token.objects.filter(pk=self.pk, reconcile_attempt=self.reconcile_attempt, reconcile_until__isnull=False)

    @property
    def key_pair(self) -> "KeyPair | None":
        """The newest, whose certificate is offered for the portal."""
        return self.key_pairs.first()

    def is_called(self, typed: str) -> bool:
        """Whether this is its name: what is typed to confirm that it is meant."""
        return typed.strip() == self.name

    @property
    def is_pretend(self) -> bool:
        return is_pretend_address(self.apple_url)

    @property
    def has_expired(self) -> bool:
        """Whatever its status: one that was never verified may be over, too."""
        return self.expires_at <= timezone.now()

    @property
    def days_left(self) -> int:
        """Whole days until Apple stops accepting it; negative when it has."""
        return (self.expires_at - timezone.now()) // timedelta(days=1)
