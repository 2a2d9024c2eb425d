from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from enrollment.actions.licences.add_vpp_token import VppNameTaken
from enrollment.models import AuditEntry, Person, ScopeTag, VppToken
from enrollment.models.scope_choice import with_those_beyond


def edit_vpp_token(
    token: VppToken, *, by: Person | None, name: str | None = None, scope_tags: Iterable[ScopeTag] | None = None
) -> None:
    """Another name, other scope tags, None leaving them; nothing else of it can be edited. VppNameTaken."""
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
                AuditEntry.record("vpp_token.edited", token, by=by, before=before, **after)
    except IntegrityError:
        token.name = before["name"]
        raise VppNameTaken from None


def _told(token: VppToken) -> dict[str, Any]:
    return {"name": token.name, "scope_tags": sorted(tag.name for tag in token.scope_tags.all())}
