from collections.abc import Iterable
from typing import Any

from django.db import transaction

from enrollment.models import AuditEntry, Person, ScopeTag, Token


def edit_token(token: Token, *, by: Person | None, name: str, scope_tags: Iterable[ScopeTag]) -> None:
    """Another name, other scope tags; nothing else of a token can be edited."""
    tags = list(scope_tags)
    before = {"name": token.name, "scope_tags": sorted(tag.name for tag in token.scope_tags.all())}
    with transaction.atomic():
        token.name = name
        token.save(update_fields=["name"])
        token.scope_tags.set(tags)
        after: dict[str, Any] = {"name": name, "scope_tags": sorted(tag.name for tag in tags)}
        if before != after:
            AuditEntry.record("token.edited", token, by=by, before=before, **after)
