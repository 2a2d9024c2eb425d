from collections.abc import Iterable

from django.db import IntegrityError, transaction

from enrollment.actions.licences.add_vpp_token import VppNameTaken
from enrollment.actions.tokens.name_and_tag import name_and_tag
from enrollment.models import AuditEntry, Person, ScopeTag, VppToken


def edit_vpp_token(
    token: VppToken, *, by: Person | None, name: str | None = None, scope_tags: Iterable[ScopeTag] | None = None
) -> None:
    """Another name, other scope tags, None leaving them; nothing else of it can be edited. VppNameTaken."""
    try:
        with transaction.atomic():
            before, after = name_and_tag(token, by=by, name=name, scope_tags=scope_tags)
            if before != after:
                AuditEntry.record("vpp_token.edited", token, by=by, before=before, **after)
    except IntegrityError:
        raise VppNameTaken from None
