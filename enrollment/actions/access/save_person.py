from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import (
    AccessRefused,
    check_a_manager_is_left,
    check_gift,
    check_not_stronger,
    held,
    is_manager,
    one_at_a_time,
)
from enrollment.models import AuditEntry, Person, Role, ScopeTag

NAME_TAKEN = gettext_noop("There is somebody of this name already.")


def save_person(
    person: Person | None,
    *,
    by: Person | None,
    username: str,
    roles: Iterable[Role],
    scope_tags: Iterable[ScopeTag] = (),
    is_service: bool = False,
    **said: str,
) -> Person:
    """Somebody new, who has no password yet, or what is said of somebody. AccessRefused.

    Besides: first_name, last_name, email, language. Whether it is a service is said once, when it is made.
    """
    one = person or Person(is_service=is_service)
    roles = list(roles)
    with transaction.atomic():
        one_at_a_time()
        tags = held(list(scope_tags))
        check_gift(roles, tags, by=by)
        if person:
            check_not_stronger(person, by=by)
        before, was_manager = (told(person), is_manager(person)) if person else ({}, False)
        _write(one, username, said)
        one.roles.set(roles)
        one.scope_tags.set(tags)
        if was_manager:
            check_a_manager_is_left()
        _record(one, before, by)
    return Person.objects.get(pk=one.pk)


def _write(person: Person, username: str, said: dict[str, str]) -> None:
    if person._state.adding:
        person.set_unusable_password()
    elif person.email != said.get("email", person.email):
        # Whoever reads the old address gets no link for a new password any more.
        EmailAddress.objects.filter(user=person).delete()
        # Whether mails reach the new one is not known yet.
        Person.objects.filter(pk=person.pk).update(failing_since=None, trouble_sentence="", trouble_details={})
    person.username = username
    for name, value in said.items():
        setattr(person, name, value)
    if Person.objects.filter(username__iexact=username).exclude(pk=person.pk).exists():
        raise AccessRefused(NAME_TAKEN, "username")
    try:
        with transaction.atomic():
            # Nothing else: that somebody was deactivated meanwhile, or has another password, stays so.
            person.save(update_fields=None if person._state.adding else ["username", *said])
    except IntegrityError:
        raise AccessRefused(NAME_TAKEN, "username") from None


def _record(person: Person, before: dict[str, Any], by: Person | None) -> None:
    after = told(person)
    if not before:
        AuditEntry.record("person.added", person, by=by, **after)
        return
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        AuditEntry.record(
            "person.edited",
            person,
            by=by,
            before={name: before[name] for name in changed},
            **{name: after[name] for name in changed},
        )


def told(person: Person) -> dict[str, Any]:
    """What the audit tells of a person."""
    return {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "language": person.language,
        "is_service": person.is_service,
        "roles": sorted(person.roles.values_list("key", flat=True)),
        "scope_tags": sorted(person.scope_tags.values_list("name", flat=True)),
    }
