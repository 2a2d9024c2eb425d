from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment.actions.tokens.name_and_tag import name_and_tag
from enrollment.models import AuditEntry, Person, ScopeTag, Token


class TokenNameTaken(Exception):
    """Names are how people tell tokens apart."""

    sentence = gettext_noop("Another token has this name already.")


def edit_token(
    token: Token, *, by: Person | None, name: str | None = None, scope_tags: Iterable[ScopeTag] | None = None
) -> None:
    """Another name, other scope tags, None leaving them; nothing else of a token can be edited. TokenNameTaken."""
    try:
        with transaction.atomic():
            before, after = name_and_tag(token, by=by, name=name, scope_tags=scope_tags)
            if before != after:
                AuditEntry.record("token.edited", token, by=by, before=before, **after)
    except IntegrityError:
        raise TokenNameTaken from None
