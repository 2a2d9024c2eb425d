from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError

from enrollment.models import Person, ScopeTag, Token, VppToken
from enrollment.models.scope_choice import with_those_beyond

Told = dict[str, Any]


def name_and_tag(
    token: Token | VppToken, *, by: Person | None, name: str | None, scope_tags: Iterable[ScopeTag] | None
) -> tuple[Told, Told]:
    """Another name, other scope tags, None leaving them; what there was before, and after. IntegrityError of the name.

    Inside the caller's transaction.
    """
    tags = None if scope_tags is None else with_those_beyond(token, list(scope_tags), by)
    before = _told(token)
    token.name = token.name if name is None else name
    try:
        token.save(update_fields=["name"])
    except IntegrityError:
        token.name = before["name"]
        raise
    if tags is not None:
        token.scope_tags.set(tags)
    return before, _told(token)


def _told(token: Token | VppToken) -> Told:
    return {"name": token.name, "scope_tags": sorted(tag.name for tag in token.scope_tags.all())}
