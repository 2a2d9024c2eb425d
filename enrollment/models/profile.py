from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.profile_settings import default_settings, of_a_revision
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class Platform(models.TextChoices):
    IOS = "ios", _("iOS/iPadOS")


# Which device families a platform's profile may be given to; checked on assignment (PROF-3).
FAMILIES = {Platform.IOS: ("iPhone", "iPad", "iPod")}


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, person: "Person") -> "ProfileQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))


class Profile(models.Model):
    """How devices of a token set themselves up. What it says stands in its revisions."""

    token = models.ForeignKey(Token, models.PROTECT, related_name="profiles")
    name = models.CharField(max_length=125)
    description = models.TextField(blank=True)
    platform = models.CharField(max_length=10, choices=Platform.choices, default=Platform.IOS)
    # Not a setting of a revision: it takes effect at the next check-in, without an erase (PB-1).
    device_name_template = models.CharField(max_length=63, blank=True)
    current = models.ForeignKey("ProfileRevision", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["token", "name"], name="profile_name_once_per_token")]

    def __str__(self) -> str:
        return self.name

    @property
    def settings(self) -> dict[str, Any]:
        """All settings of today: the current revision's, and what takes effect without one (PB-1)."""
        return {**(self.current.settings_of_today() if self.current else default_settings()), **self.name_settings()}

    def name_settings(self) -> dict[str, Any]:
        template = self.device_name_template
        return {"apply_name_template": bool(template), "name_template": template}


class ProfileRevision(models.Model):
    """What a profile said at one time; never changed. Its payload is what Apple has, or is to have."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    settings = models.JSONField(encoder=DjangoJSONEncoder)
    payload = models.JSONField()
    # Apple's name for its copy; empty until it has one. With the payload of the revision before, its name is kept.
    apple_uuid = models.CharField(max_length=32, blank=True, db_index=True)
    defined_at = models.DateTimeField(null=True, blank=True)
    # What Apple said no with; msgids, as in Token.
    refusal_sentence = models.TextField(blank=True)
    refusal_advice = models.TextField(blank=True)
    refusal_details = models.JSONField(default=dict, blank=True)
    refused_field = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="revision_number_once_per_profile")]

    def __str__(self) -> str:
        return f"{self.profile.name} · {self.number}"

    def settings_of_today(self) -> dict[str, Any]:
        """With the defaults of settings that did not exist when the revision was made."""
        return {**of_a_revision(default_settings(new=False)), **self.settings}


def revision_at_apple(token: Token, uuid: str, until: datetime | None = None) -> ProfileRevision | None:
    """Our revision that has this uuid at Apple; of several, the last that was there by then, else the earliest."""
    if not uuid:
        return None
    ours = ProfileRevision.objects.filter(profile__token=token, apple_uuid=uuid).select_related("profile")
    return (ours.filter(created_at__lte=until).first() or ours.last()) if until else ours.first()


class ForeignProfileQuerySet(models.QuerySet["ForeignProfile"]):
    def visible_to(self, person: "Person") -> "ForeignProfileQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))


class ForeignProfile(models.Model):
    """A profile another tool made, seen on devices we took over (DEV-4b). Never taken off by itself."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="foreign_profiles")
    apple_uuid = models.CharField(max_length=32)
    name = models.CharField(max_length=125, blank=True)
    payload = models.JSONField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = ForeignProfileQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["token", "apple_uuid"], name="foreign_profile_once_per_token")]

    def __str__(self) -> str:
        return self.name or self.apple_uuid
