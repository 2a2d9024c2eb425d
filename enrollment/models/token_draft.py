from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from enrollment.models.key_pair import KeyPair
from enrollment.models.role import Permission
from enrollment.models.scope_tag import ScopeTag
from enrollment.models.token import is_pretend_address

if TYPE_CHECKING:
    from enrollment.models.person import Person


class TokenDraftQuerySet(models.QuerySet["TokenDraft"]):
    def visible_to(self, person: "Person") -> "TokenDraftQuerySet":
        """A draft is its owner's and the administrators', as far as they see (TOK-4, ROLE-3)."""
        mine = person.made_by_them("owner")
        if Permission.MANAGE_ACCESS not in person.allowed:
            return self.filter(mine)
        if person.sees_everything:
            return self
        tagged = TokenDraft.scope_tags.through.objects.filter(scopetag__in=person.scope_keys)
        return self.filter(mine | models.Q(pk__in=tagged.values("tokendraft_id")))


class TokenDraft(models.Model):
    """A token on its way in: it survives a closed tab, a restart and a long lunch."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="token_drafts"
    )
    key = models.ForeignKey("ApiKey", models.SET_NULL, null=True, blank=True, related_name="+")
    apple_url = models.URLField(help_text="Which Apple the token will talk to; fixed when the draft is made.")
    consented_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=100, blank=True)
    apple_id = models.EmailField(max_length=250, blank=True)
    scope_tags = models.ManyToManyField(ScopeTag, related_name="token_drafts", blank=True)
    file_name = models.CharField(max_length=250, blank=True)
    sealed_credentials = models.BinaryField(null=True, blank=True)
    opened_with = models.ForeignKey(KeyPair, models.SET_NULL, null=True, blank=True, related_name="+")
    consumer_key_end = models.CharField(max_length=4, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TokenDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def key_pair(self) -> KeyPair | None:
        """The newest, which the wizard offers for download."""
        return self.key_pairs.first()

    @property
    def is_pretend(self) -> bool:
        return is_pretend_address(self.apple_url)
