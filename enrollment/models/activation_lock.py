from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class ActivationLockQuerySet(models.QuerySet["ActivationLock"]):
    def visible_to(self, person: "Person") -> "ActivationLockQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))


class ActivationLock(models.Model):
    """A lock Apple was asked for, and the bypass code that opens it: stored before Apple is asked, so never lost."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="activation_locks")
    serial = models.CharField(max_length=32)
    # 16 random bytes; Apple is given a hash of them (apple-protocols.md 3.6).
    sealed_bypass_code = models.BinaryField()
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True, help_text="When Apple said that it is locked.")

    objects = ActivationLockQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["serial"], name="locks_by_serial")]

    def __str__(self) -> str:
        return self.serial
