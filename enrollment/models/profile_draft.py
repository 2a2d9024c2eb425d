from typing import TYPE_CHECKING

from django.db import models

from enrollment.models.profile import Platform, Profile
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class ProfileDraftQuerySet(models.QuerySet["ProfileDraft"]):
    def visible_to(self, person: "Person") -> "ProfileDraftQuerySet":
        """A draft is its owner's, as long as its token is in the owner's scope."""
        return self.filter(owner=person, token__in=Token.objects.visible_to(person))


class ProfileDraft(models.Model):
    """A profile being written, new or an edit of one; it survives a closed tab."""

    owner = models.ForeignKey("Person", models.CASCADE, related_name="profile_drafts")
    token = models.ForeignKey(Token, models.CASCADE, related_name="profile_drafts")
    profile = models.ForeignKey(Profile, models.CASCADE, null=True, blank=True, related_name="drafts")
    # As typed, too long or not: it is judged when the profile is saved.
    name = models.TextField(blank=True)
    description = models.TextField(blank=True)
    platform = models.CharField(max_length=10, choices=Platform.choices, default=Platform.IOS)
    settings = models.JSONField(default=dict, help_text="As typed; cleaned when the profile is saved.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProfileDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.name
