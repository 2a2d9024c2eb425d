"""One line of the table who may what."""

from dataclasses import dataclass, field
from typing import Any

ROLES = ("administrator", "enrollment_manager", "profile_assigner", "helpdesk", "auditor")


@dataclass(frozen=True)
class Row:
    """What each visitor is answered. `about` names things of the world, and what else the address holds."""

    name: str
    method: str
    about: tuple[str, ...]
    here: tuple[int, ...]  # of those who see everything, in the order of ROLES
    elsewhere: tuple[int, ...]  # of the same roles in another part of the organisation
    inside: int  # of an administrator of this part of the organisation alone
    stranger: int  # who has not signed in
    data: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name} {' '.join(self.about)}".strip()


def page(
    name: str,
    method: str,
    about: str,
    here: int | str,
    elsewhere: int | str | None = None,
    /,
    *,
    inside: int | None = None,
    stranger: int = 302,
    **data: Any,
) -> Row:
    """A page. Out of scope comes before "may not": what somebody does not see is not found, whatever they may."""
    said = _statuses(here)
    return Row(
        name,
        method,
        tuple(about.split()),
        said,
        said if elsewhere is None else _statuses(elsewhere),
        said[0] if inside is None else inside,
        stranger,
        data,
    )


def operation(
    method: str,
    path: str,
    here: int | str,
    elsewhere: int | str | None = None,
    /,
    *,
    inside: int | None = None,
    stranger: int = 401,
    **data: Any,
) -> Row:
    """An operation of the API, its path below /api/v1/ with things of the world in braces: "tokens/{token}/".

    "May not" comes before out of scope: 404 elsewhere is for those who may, the others stay 403.
    """
    said = _statuses(here)
    if elsewhere is None:
        far = said
    elif isinstance(elsewhere, int):
        far = tuple(status if status == 403 else elsewhere for status in said)
    else:
        far = _statuses(elsewhere)
    return Row(path, method, (), said, far, said[0] if inside is None else inside, stranger, data)


def _statuses(said: int | str) -> tuple[int, ...]:
    """One for all, or one for each role."""
    if isinstance(said, int):
        return (said,) * len(ROLES)
    statuses = tuple(int(one) for one in said.split())
    assert len(statuses) == len(ROLES), said
    return statuses
