from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import (
    AccessRefused,
    check_a_manager_is_left,
    managers,
    one_at_a_time,
)
from enrollment.models import AuditEntry, Permission, Person, Role
from enrollment.permissions import check_everywhere

BUILT_IN = gettext_noop("A built-in role cannot be changed. Duplicate it, and change the copy.")
NAMELESS = gettext_noop("Give the role a name.")
NAME_TAKEN = gettext_noop("Another role has this name already.")
EMPTY = gettext_noop("Choose at least one permission: a role without any allows nothing.")
TOO_MUCH = gettext_noop("Nobody makes or changes a role that allows more than they may themselves.")


def save_role(role: Role | None, *, name: str, permissions: Iterable[str], by: Person | None) -> Role:
    """A role of one's own, new or changed: from now on it allows this to all who have it. AccessRefused."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    name, chosen = " ".join(name.split()), [one.value for one in Permission if one in set(permissions)]
    with transaction.atomic():
        one_at_a_time()
        _check(role, name, chosen, by)
        before = {"name": role.name, "permissions": role.permissions} if role else {}
        had_managers = managers().exists()
        role = role or Role(key=_free_key(name))
        role.name, role.permissions = name, chosen
        role.save()
        if had_managers:
            check_a_manager_is_left()
        AuditEntry.record(
            "role.changed" if before else "role.made", role, by=by, before=before, name=name, permissions=chosen
        )
    return role


def _check(role: Role | None, name: str, permissions: list[str], by: Person | None) -> None:
    if role and role.is_built_in:
        raise AccessRefused(BUILT_IN)
    if not name:
        raise AccessRefused(NAMELESS, "name")
    others = Role.objects.exclude(pk=role.pk) if role else Role.objects.all()
    if name.casefold() in {str(other).casefold() for other in others}:
        raise AccessRefused(NAME_TAKEN, "name")
    if not permissions:
        raise AccessRefused(EMPTY, "permissions")
    if by is not None and not {*permissions, *(role.permissions if role else [])} <= by.allowed:
        raise AccessRefused(TOO_MUCH, "permissions")


def _free_key(name: str) -> str:
    """What files and settings call it; it stays when the name changes."""
    key = wanted = slugify(name)[:40] or "role"
    taken = set(Role.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    number = 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key
