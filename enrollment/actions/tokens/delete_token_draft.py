from django.db import transaction

from enrollment.models import AuditEntry, Person, TokenDraft


def delete_token_draft(draft: TokenDraft, *, by: Person | None) -> None:
    """Forget a draft and its keys: a file made for them can no longer be opened."""
    with transaction.atomic():
        AuditEntry.record("token_draft.deleted", draft, by=by)
        draft.delete()
