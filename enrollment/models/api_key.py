import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment.models.role import Permission, Role
from enrollment.models.scope_tag import ScopeTag

if TYPE_CHECKING:
    from enrollment.models.person import Person

BEGINNING = 12  # characters of a key that are told
# A key that is over stays in its list; after so long nobody waits for its successor any more.
MISSED_FOR = timedelta(days=365)


class KeyStatus(models.TextChoices):
    USABLE = "usable", _("Usable")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def open(self, now: datetime) -> "ApiKeyQuerySet":
        """Neither revoked nor over; a deactivated person's keys wait for them."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def usable(self, now: datetime) -> "ApiKeyQuerySet":
        return self.open(now).filter(person__is_active=True)

    def ending(self, now: datetime) -> "ApiKeyQuerySet":
        """Those with an end to come, or behind them and without a successor: one of the same person and name.

        Not what was revoked, nor what belongs to somebody who does not come with it any more.
        """
        newer = ApiKey.objects.open(now).filter(person=OuterRef("person"), name=OuterRef("name"))
        is_missed = Q(expires_at__gt=now - MISSED_FOR) & ~Exists(newer)
        return self.filter(Q(expires_at__gt=now) | is_missed, revoked_at=None, person__is_active=True)

    def find(self, key: str, now: datetime) -> "ApiKey | None":
        """The usable key that was shown as `key`. Looked up by its hash, so no comparison leaks its beginning."""
        return self.usable(now).select_related("person", "role").filter(hashed_key=hash_key(key)).first()

    def found_by(self, words: str) -> "ApiKeyQuerySet":
        """By a part of their name or their person's, or as they begin."""
        begins = Q(beginning__startswith=words[:BEGINNING])
        return self.filter(Q(name__icontains=words) | begins | Q(person__username__icontains=words))

    def visible_to(self, person: "Person") -> "ApiKeyQuerySet":
        """Their own, and those of the people they administer. A key that is less than its person sees itself alone."""
        key, people = person.key, ApiKey._meta.get_field("person").related_model.objects
        own = Q(pk=key.pk) if key and key.is_less else Q(person=person)
        if Permission.MANAGE_ACCESS not in person.allowed:
            return self.filter(own)
        return self.filter(own | Q(person__in=people.visible_to(person)))


class ApiKey(models.Model):
    """What a program signs in with: shown once, stored hashed (API-2).

    It may and sees what its person may and sees; a role or scope tags of its own make that less, never more.
    """

    name = models.CharField(max_length=100)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="api_keys")
    scope_tags = models.ManyToManyField(ScopeTag, related_name="api_keys", blank=True)
    beginning = models.CharField(max_length=BEGINNING, help_text="What people recognise it by.")
    hashed_key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    @property
    def is_less(self) -> bool:
        """A role or scope tags of its own make it less than its person."""
        return bool(self.role_id) or self.scope_tags.exists()

    @property
    def status(self) -> KeyStatus:
        """Whether it still opens the door."""
        if self.revoked_at:
            return KeyStatus.REVOKED
        return KeyStatus.EXPIRED if self.expires_at and self.expires_at <= timezone.now() else KeyStatus.USABLE


def make_key() -> str:
    """A new key of 256 random bits, recognisable in a log or a leak by its first letters."""
    return f"pomona_{secrets.token_urlsafe(32)}"


def hash_key(key: str) -> str:
    """A key is as random as its hash, so a fast hash keeps it as well as a slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
