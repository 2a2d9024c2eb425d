from collections.abc import Iterable
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import (
    AccessRefused,
    check_a_manager_is_left,
    is_manager,
    one_at_a_time,
)
from enrollment.models import AuditEntry, Person, Role, ScopeTag

EVERYTHING = "*"


class NotAdmitted(Exception):
    """Why somebody the provider vouches for does not come in."""

    def __init__(self, sentence: str, **details: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


@dataclass(frozen=True)
class Vouched:
    """What the provider's claims make of somebody; None where the claims decide nothing and people here do."""

    username: str
    email: str
    first_name: str
    last_name: str
    role_keys: frozenset[str] | None
    tag_names: frozenset[str] | None


def admit_from_provider(account: SocialAccount, vouched: Vouched, *, makes_people: bool) -> Person:
    """The person this account of the provider stands for, with the roles and scope tags its claims give them now.

    An account is known by the provider's own name for it, never by a username or an address. NotAdmitted otherwise.
    """
    person = account.user if account.pk else None
    if person and person.is_superuser:
        raise NotAdmitted(SUPERUSER)
    try:
        roles, tags = _roles(vouched.role_keys), _tags(vouched.tag_names)
    except NotAdmitted:
        if person:
            # Who has lost their groups has lost their roles, for their API keys and open sessions too.
            _give(person, [], None)
        raise
    with transaction.atomic():
        if person is None and makes_people and roles:
            person = _make(account, vouched)
        elif person is None:
            raise NotAdmitted(gettext_noop("Nobody here is connected with this account. Ask an administrator."))
        _give(person, roles, tags)
    return person


SUPERUSER = gettext_noop(
    "This administrator was made at the machine itself and signs in by password alone, "
    "so that somebody can when the provider cannot."
)


def _roles(keys: frozenset[str] | None) -> list[Role] | None:
    """Those that exist, for a name may be mistyped or a role deleted; none is a refusal."""
    if keys is None:
        return None
    if roles := list(Role.objects.filter(key__in=keys)):
        return roles
    raise NotAdmitted(gettext_noop("None of your groups has a role here. Ask an administrator."))


def _tags(names: frozenset[str] | None) -> list[ScopeTag] | None:
    """Those that exist. Nobody comes in without any, for without scope tags everything is seen."""
    if names is None:
        return None
    if EVERYTHING in names:
        return []
    if tags := list(ScopeTag.objects.filter(name__in=names)):
        return tags
    raise NotAdmitted(gettext_noop("None of your groups has a part of the organisation here. Ask an administrator."))


def _make(account: SocialAccount, vouched: Vouched) -> Person:
    """Somebody new, without a password."""
    try:
        Person._meta.get_field("username").clean(vouched.username, None)
    except ValidationError:
        raise NotAdmitted(
            gettext_noop("Your account has no username that could be used here: “%(name)s”."), name=vouched.username
        ) from None
    if Person.objects.filter(username__iexact=vouched.username).exists():
        raise _taken(vouched)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                username=vouched.username,
                email=_address(vouched.email),
                first_name=vouched.first_name[:150],
                last_name=vouched.last_name[:150],
            )
            account.user = person
            account.save()
    except IntegrityError:
        raise _taken(vouched) from None
    AuditEntry.record("person.added", person, by=person, provider=account.provider)
    return person


def _address(text: str) -> str:
    """Only mail goes there; one that is none is left out."""
    try:
        return str(Person._meta.get_field("email").clean(text, None))
    except ValidationError:
        return ""


def _taken(vouched: Vouched) -> NotAdmitted:
    sentence = gettext_noop(
        "There is a person named “%(name)s” here already. If it is you, sign in with your password "
        "and connect this account on the page Your account."
    )
    return NotAdmitted(sentence, name=vouched.username)


def _give(person: Person, roles: Iterable[Role] | None, tags: Iterable[ScopeTag] | None) -> None:
    with transaction.atomic():
        one_at_a_time()
        before, was_manager = _told(person), is_manager(person)
        if roles is not None:
            person.roles.set(roles)
        if tags is not None:
            person.scope_tags.set(tags)
        if was_manager:
            _check_a_manager_is_left()
        after = _told(person)
        if after != before:
            AuditEntry.record(
                "person.roles_from_provider",
                person,
                by=person,
                before=dict(before),
                roles=after["roles"],
                scope_tags=after["scope_tags"],
            )


def _check_a_manager_is_left() -> None:
    try:
        check_a_manager_is_left()
    except AccessRefused as error:
        raise NotAdmitted(error.sentence) from None


def _told(person: Person) -> dict[str, list[str]]:
    return {
        "roles": sorted(person.roles.values_list("key", flat=True)),
        "scope_tags": sorted(person.scope_tags.values_list("name", flat=True)),
    }
