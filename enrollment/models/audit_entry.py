from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enrollment.encryption import KeyMissing
from enrollment.models.audit_chain import TOLD, canonical, is_same, link_of, mark_of
from enrollment.models.audit_head import audit_key
from enrollment.models.audit_values import harmless_text, plain
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person

log = structlog.get_logger(__name__)

# From where the change at hand is made: an address, or the door's name. Doors set it.
origin: ContextVar[str] = ContextVar("origin", default="")
OPERATOR = "manage.py"  # how the origin begins of what somebody does at the machine itself


class AuditIsAppendOnly(Exception):
    """Somebody tried to change or remove what has been recorded, or to write it by another way than `record`."""


class AuditResult(models.TextChoices):
    """What came of what somebody did."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, person: "Person") -> "AuditEntryQuerySet":
        """People narrowed to scope tags read what happened to their tokens, and what they did themselves."""
        if person.sees_everything:
            return self
        seen = models.Q(token_id__in=Token.objects.visible_to(person).values("pk"))
        return self.filter(seen if person.is_narrowed else seen | models.Q(person_id=person.pk))

    def sealed(self) -> "AuditEntryQuerySet":
        """In the order of the chain."""
        return self.filter(number__isnull=False).order_by("number")

    def _refuse(self, *_values: Any, **_more: Any) -> Any:
        raise AuditIsAppendOnly

    update = delete = create = get_or_create = update_or_create = bulk_create = bulk_update = _refuse
    aupdate = adelete = acreate = aget_or_create = aupdate_or_create = abulk_create = abulk_update = _refuse
    _raw_delete = _refuse


class AuditEntry(models.Model):
    """Who did what to which object, from where, and what was before and after (AUD-1). Holds no secret."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    # Plain numbers without a constraint: an entry outlives whom and what it speaks of, unchanged.
    person = models.ForeignKey(
        "Person", models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    who = models.CharField(max_length=150, blank=True, help_text="Empty is the clock.")
    origin = models.CharField(max_length=100, blank=True)
    key_name = models.CharField(max_length=120, blank=True, help_text="Of the API key it was done with.")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    object_name = models.CharField(max_length=250, blank=True)
    token = models.ForeignKey(
        Token, models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    result = models.CharField(max_length=20, choices=AuditResult.choices, default=AuditResult.DONE)
    # Its place in the chain is given later, when it is sealed (audit_chain.py).
    mark = models.CharField(max_length=64, blank=True)
    number = models.BigIntegerField(null=True, blank=True, unique=True)
    chain_hash = models.CharField(max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["-pk"]
        indexes = [
            # The list is by pk, the newest first; each of its filters finds its first page at the end of an index.
            models.Index(fields=["person", "-id"], name="audit_of_a_person"),
            models.Index(fields=["action", "-id"], name="audit_of_an_action"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_an_object"),
            models.Index(fields=["token", "-id"], name="audit_of_a_token"),
            models.Index(fields=["result", "-id"], name="audit_of_a_result"),
            models.Index(fields=["id"], condition=models.Q(number=None), name="audit_to_be_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once, by `record`."""
        if not self._state.adding or self.pk is not None or self.number is not None:
            raise AuditIsAppendOnly
        super().save(force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly

    @cached_property
    def text(self) -> bytes:
        """What marks and hashes are made of."""
        return canonical({name: getattr(self, name) for name in TOLD})

    def is_as_written(self, key: bytes) -> bool:
        """Whether its own mark still fits."""
        return is_same(self.mark, mark_of(key, self.text))

    def link(self, key: bytes, before: str) -> str:
        """Its chain hash behind the one whose chain hash is `before`."""
        return link_of(key, before, self.mark, self.text)

    @classmethod
    def record(
        cls,
        action: str,
        about: models.Model | type[models.Model],
        *,
        by: "Person | None",
        token: Token | None = None,
        before: dict[str, Any] | None = None,
        result: AuditResult = AuditResult.DONE,
        **after: Any,
    ) -> "AuditEntry":
        """Written in the transaction of the change it tells of. `action` is "noun.what_was_done".

        `about` is the object it was done to, or its model when it was done to no single one.
        """
        one = None if isinstance(about, type) else about
        token = token or (one if isinstance(one, Token) else getattr(one, "token", None))
        entry = cls(
            person_id=by.pk if by else None,
            who=by.username if by else "",
            origin=harmless_text(origin.get())[:100],
            key_name=harmless_text(str(by.key))[:120] if by and by.key else "",
            action=action,
            object_type=about._meta.model_name or "",
            object_id=one.pk if one and isinstance(one.pk, int) else None,
            object_name=harmless_text(str(one))[:250] if one else "",
            token_id=token.pk if token else None,
            before=plain(before or {}),
            after=plain(after),
            result=result.value,
        )
        entry.mark = _mark(entry)
        entry.save()
        return entry

    @classmethod
    def record_refusal(
        cls, action: str, about: models.Model | type[models.Model], error: Any, *, by: "Person | None", **more: Any
    ) -> "AuditEntry":
        """That it was tried, and why it was not done: the sentence and details of the refusal somebody was given."""
        reason = {"reason": error.sentence, "reason_details": getattr(error, "details", {})}
        return cls.record(action, about, by=by, result=AuditResult.REFUSED, **reason, **more)


def _mark(entry: AuditEntry) -> str:
    try:
        return mark_of(audit_key(), entry.text)
    except KeyMissing:
        # What was done is done and has to be told; that nobody vouches for it, the verification finds.
        log.error("an audit entry could not be marked: FIELD_KEYS does not have the key", action=entry.action)
        return ""
