from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, Person, ScopeTag, TokenDraft


def save_token_draft(
    draft: TokenDraft,
    *,
    by: Person | None,
    consents: bool | None = None,
    name: str | None = None,
    apple_id: str | None = None,
    scope_tags: Iterable[ScopeTag] | None = None,
) -> None:
    """Keep what was typed; None leaves a field as it is."""
    with transaction.atomic():
        if consents is not None and consents != bool(draft.consented_at):
            draft.consented_at = timezone.now() if consents else None
            AuditEntry.record("token_draft.consented" if consents else "token_draft.consent_withdrawn", draft, by=by)
        before = _told(draft)
        draft.name = draft.name if name is None else name
        draft.apple_id = draft.apple_id if apple_id is None else apple_id
        draft.save()
        if scope_tags is not None:
            draft.scope_tags.set(scope_tags)
        if before != (after := _told(draft)):
            AuditEntry.record("token_draft.edited", draft, by=by, before=before, **after)


def _told(draft: TokenDraft) -> dict[str, Any]:
    tags = sorted(tag.name for tag in draft.scope_tags.all())
    return {"name": draft.name, "apple_id": draft.apple_id, "scope_tags": tags}
