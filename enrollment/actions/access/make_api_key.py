from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.access.what_may_be_given import (
    AccessRefused,
    check_not_stronger,
    check_tags,
    held,
    one_at_a_time,
)
from enrollment.models import ApiKey, AuditEntry, Permission, Person, Role, ScopeTag
from enrollment.models.api_key import hash_key, make_key
from enrollment.permissions import check

SHOWN = 12
NAMELESS = gettext_noop("Give the key a name: what it is for.")
CLOSED = gettext_noop("“%(person)s” is deactivated: a key would open no door.")
NOT_THEIRS = gettext_noop("“%(person)s” does not see “%(tag)s”, so no key of theirs does.")
ROLE_GONE = gettext_noop("This role has been deleted meanwhile. Choose again.")
MORE_THAN_THIS_KEY = gettext_noop("A key makes no key that may more than itself.")


def make_api_key(
    person: Person,
    *,
    name: str,
    by: Person | None,
    days: int | None = limits.API_KEY_DAYS,
    role: Role | None = None,
    scope_tags: Collection[ScopeTag] = (),
) -> str:
    """A key that acts as this person, for so many days (None: until it is revoked). AccessRefused.

    Role and scope tags make it less than its person. It is returned once: only its hash is kept (API-2).
    """
    key, name = make_key(), " ".join(name.split())
    expires_at = timezone.now() + timedelta(days=days) if days else None
    if not name:
        raise AccessRefused(NAMELESS, "name")
    with transaction.atomic():
        # Whoever deletes the role waits, and finds the key.
        one_at_a_time()
        tags = held(scope_tags)
        _check(person, role, tags, by)
        made = ApiKey.objects.create(
            name=name, person=person, role=role, beginning=key[:SHOWN], hashed_key=hash_key(key), expires_at=expires_at
        )
        made.scope_tags.set(tags)
        AuditEntry.record(
            "api_key.made",
            made,
            by=by,
            person=person.username,
            role=role.key if role else "",
            scope_tags=sorted(tag.name for tag in tags),
            expires=expires_at.isoformat() if expires_at else "",
        )
    return key


def _check(person: Person, role: Role | None, tags: list[ScopeTag], by: Person | None) -> None:
    whole = Person.objects.get(pk=person.pk)  # whatever key they came with
    if not whole.is_active:
        raise AccessRefused(CLOSED, "person", person=str(person))
    if role and not Role.objects.filter(pk=role.pk).exists():
        raise AccessRefused(ROLE_GONE, "role")
    for tag in tags:
        if not whole.scope.filter(pk=tag.pk).exists():
            raise AccessRefused(NOT_THEIRS, "scope_tags", person=str(person), tag=tag.name)
    if by is None:
        return
    if whole.pk != by.pk:
        check(by, Permission.MANAGE_ACCESS)
        check_not_stronger(whole, by=by)
    if not (whole.allowed & set(role.permissions) if role else whole.allowed) <= by.allowed:
        raise AccessRefused(MORE_THAN_THIS_KEY, "role")
    # Without tags of its own the key sees what its person sees.
    check_tags(tags or list(whole.scope_tags.all()), by=by)
