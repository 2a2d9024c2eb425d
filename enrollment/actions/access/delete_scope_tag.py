from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused, one_at_a_time
from enrollment.models import (
    ApiKey,
    AuditEntry,
    Channel,
    Permission,
    Person,
    ScopeTag,
    Token,
    TokenDraft,
    VppToken,
)
from enrollment.permissions import check_everywhere

CARRIED = gettext_noop(
    "Something still carries this scope tag, and whoever would lose their last one would see everything: "
    "take it off there first."
)


@dataclass(frozen=True)
class Carriers:
    """What carries a scope tag."""

    tokens: QuerySet[Token]
    vpp_tokens: QuerySet[VppToken]
    people: QuerySet[Person]
    api_keys: QuerySet[ApiKey]
    drafts: QuerySet[TokenDraft]
    channels: QuerySet[Channel]

    def exist(self) -> bool:
        return any(rows.exists() for rows in vars(self).values())


def carriers_of(tag: ScopeTag) -> Carriers:
    """Keys that open no door any more do not count."""
    return Carriers(
        tokens=tag.tokens.all(),
        vpp_tokens=tag.vpp_tokens.all(),
        people=tag.people.all(),
        api_keys=tag.api_keys.open(timezone.now()).select_related("person"),
        drafts=TokenDraft.objects.filter(scope_tags=tag),
        channels=tag.channels.all(),
    )


def delete_scope_tag(tag: ScopeTag, *, by: Person | None) -> None:
    """A scope tag nothing carries is no more. AccessRefused while something does."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    with transaction.atomic():
        one_at_a_time()
        # The row is held, so that it is given to nobody in the meantime.
        tag = ScopeTag.objects.select_for_update().get(pk=tag.pk)
        if carriers_of(tag).exist():
            raise AccessRefused(CARRIED)
        before = {"name": tag.name, "description": tag.description}
        AuditEntry.record("scope_tag.deleted", tag, by=by, before=before)
        tag.delete()
