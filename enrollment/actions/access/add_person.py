from collections.abc import Iterable

from django.db import transaction

from enrollment.models import AuditEntry, Person, Role, ScopeTag


def add_person(
    name: str,
    *,
    password: str,
    roles: Iterable[Role],
    by: Person | None,
    email: str = "",
    scope_tags: Iterable[ScopeTag] = (),
    language: str = "",
) -> Person:
    """Somebody who may sign in from now on. IntegrityError when the name is taken."""
    roles, tags = list(roles), list(scope_tags)
    with transaction.atomic():
        person = Person.objects.create_user(username=name, email=email, password=password, language=language)
        person.roles.set(roles)
        person.scope_tags.set(tags)
        AuditEntry.record(
            "person.added",
            person,
            by=by,
            roles=sorted(role.key for role in roles),
            scope_tags=sorted(tag.name for tag in tags),
        )
    return person
