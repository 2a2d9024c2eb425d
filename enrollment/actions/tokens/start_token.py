from django.conf import settings
from django.db import transaction

from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.models import AuditEntry, Person, TokenDraft


def start_token(*, by: Person | None, name: str = "", apple_url: str = "") -> TokenDraft:
    """A draft with its first key pair. Which Apple it will talk to is fixed now."""
    with transaction.atomic():
        draft = TokenDraft.objects.create(
            owner=by, key=by.key if by else None, name=name, apple_url=apple_url or settings.APPLE_URL
        )
        AuditEntry.record("token_draft.started", draft, by=by, apple_url=draft.apple_url)
    make_key_pair(draft, by=by)
    return draft
