from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Person, ScopeTag, Token
from enrollment.models.scope_choice import with_those_beyond


class TokenNameTaken(Exception):
    """Names are how people tell tokens apart."""

    sentence = gettext_noop("Another token has this name already.")


def edit_token(
    token: Token, *, by: Person | None, name: str | None = None, scope_tags: Iterable[ScopeTag] | None = None
) -> None:
    """Another name, other scope tags, None leaving them; nothing else of a token can be edited. TokenNameTaken."""
    tags = None if scope_tags is None else with_those_beyond(token, list(scope_tags), by)
    before = _told(token)
    try:
        with transaction.atomic():
            token.name = token.name if name is None else name
            token.save(update_fields=["name"])
            if tags is not None:
                token.scope_tags.set(tags)
            after = _told(token)
            if before != after:
                AuditEntry.record("token.edited", token, by=by, before=before, **after)
    except IntegrityError:
        token.name = before["name"]
        raise TokenNameTaken from None


def _told(token: Token) -> dict[str, Any]:
    return {"name": token.name, "scope_tags": sorted(tag.name for tag in token.scope_tags.all())}
