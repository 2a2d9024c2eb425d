from collections.abc import Iterable

from django.db import transaction

from enrollment.actions.access.save_person import save_person
from enrollment.models import Person, Role, ScopeTag


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
    """Somebody who may sign in from now on, with a password that is known already. AccessRefused."""
    with transaction.atomic():
        person = save_person(
            None, by=by, username=name, roles=roles, scope_tags=scope_tags, email=email, language=language
        )
        person.set_password(password)
        person.save(update_fields=["password"])
    return person
