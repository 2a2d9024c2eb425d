"""Which scope tags somebody may give to what they make or change (ROLE-3)."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from enrollment.models.scope_tag import ScopeTag
from enrollment.models.token import Token
from enrollment.models.token_draft import TokenDraft
from enrollment.models.vpp_token import VppToken

if TYPE_CHECKING:
    from enrollment.models.person import Person


class NoneOfTheirs(ValueError):
    """What they made would be gone from their own sight."""

    sentence = gettext_noop("Choose one of yours: without it you would not see the token.")


def check_scope(person: "Person", tags: Collection[ScopeTag]) -> None:
    """NoneOfTheirs when somebody narrowed to scope tags gives none of them."""
    if not person.sees_everything and not tags:
        raise NoneOfTheirs


def lacks_one_of_theirs(draft: TokenDraft) -> bool:
    """Whether the token would be gone from its maker's sight, or from that of the key it was begun with."""
    is_narrowed = bool(draft.owner and not draft.owner.sees_everything) or bool(
        draft.key and draft.key.scope_tags.exists()
    )
    return is_narrowed and not draft.scope_tags.exists()


def with_those_beyond(token: Token | VppToken, tags: Collection[ScopeTag], person: "Person | None") -> set[ScopeTag]:
    """The tags given, and those the token has that the person does not see: they are not theirs to take away."""
    if person is None or person.sees_everything:
        return set(tags)
    return {*tags, *token.scope_tags.exclude(pk__in=person.scope.values("pk"))}
