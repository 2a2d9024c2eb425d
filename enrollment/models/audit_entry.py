from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models

from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person

# From where the change at hand is made: an address, or the door's name. Doors set it.
origin: ContextVar[str] = ContextVar("origin", default="")


class AuditIsAppendOnly(Exception):
    """Somebody tried to change or remove what has been recorded."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, person: "Person") -> "AuditEntryQuerySet":
        """People narrowed to scope tags read what happened to their tokens, and what they did themselves."""
        if person.sees_everything:
            return self
        seen = models.Q(token_id__in=Token.objects.visible_to(person).values("pk"))
        return self.filter(seen if person.is_narrowed else seen | models.Q(person_id=person.pk))

    def update(self, **_values: Any) -> int:
        raise AuditIsAppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly


class AuditEntry(models.Model):
    """Who did what to which object, from where, and what was before and after (AUD-1). Holds no secret."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    # Plain numbers without a constraint: an entry outlives whom and what it speaks of, unchanged.
    person = models.ForeignKey(
        "Person", models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    who = models.CharField(max_length=150, blank=True, help_text="Empty is the clock.")
    origin = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    object_name = models.CharField(max_length=250, blank=True)
    token = models.ForeignKey(Token, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    result = models.CharField(max_length=20, default="done")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["token", "-at"], name="audit_of_a_token")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"

    @classmethod
    def record(
        cls,
        action: str,
        about: models.Model | type[models.Model],
        *,
        by: "Person | None",
        token: Token | None = None,
        before: dict[str, Any] | None = None,
        **after: Any,
    ) -> "AuditEntry":
        """Written in the transaction of the change it tells of. `action` is "noun.what_was_done".

        `about` is the object it was done to, or its model when it was done to no single one.
        """
        one = None if isinstance(about, type) else about
        return cls.objects.create(
            person=by,
            who=by.username if by else "",
            origin=origin.get(),
            action=action,
            object_type=about._meta.model_name or "",
            object_id=one.pk if one else None,
            object_name=str(one)[:250] if one else "",
            token=token or (one if isinstance(one, Token) else getattr(one, "token", None)),
            before=before or {},
            after=after,
        )
