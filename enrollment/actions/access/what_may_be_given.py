"""What somebody may hand on: never more than they have themselves. Read by forms, verbs and programs alike."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from enrollment.models import Installation, Permission, Person, Role, ScopeTag


class AccessRefused(Exception):
    """Why access is not changed so; `field` is what it is about, "" where it is about the whole."""

    def __init__(self, sentence: str, field: str = "", **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.details = details


TOO_MUCH = gettext_noop("The role “%(role)s” allows more than you may yourself.")
NOT_YOURS = gettext_noop("You cannot give the scope tag “%(tag)s”: it is not one of yours.")
NEEDS_A_TAG = gettext_noop(
    "Choose one of your scope tags: somebody without any sees everything, which is more than you."
)
TAG_GONE = gettext_noop("A scope tag you chose has been deleted meanwhile. Choose again.")
STRONGER = gettext_noop("“%(person)s” may more than you: only somebody who may as much can change this.")
LAST_MANAGER = gettext_noop(
    "Somebody must be left who may manage access, sees everything and can sign in: there is nobody else."
)


def roles_to_give(by: Person | None) -> list[Role]:
    """Those that allow no more than they may."""
    return [role for role in Role.objects.all() if by is None or set(role.permissions) <= by.allowed]


def check_gift(roles: Iterable[Role], tags: Collection[ScopeTag], *, by: Person | None) -> None:
    """AccessRefused when somebody would give what they do not have."""
    if by is None:
        return
    for role in roles:
        if not set(role.permissions) <= by.allowed:
            raise AccessRefused(TOO_MUCH, "roles", role=str(role))
    check_tags(tags, by=by)


def check_tags(tags: Collection[ScopeTag], *, by: Person) -> None:
    """AccessRefused when the tags show more than somebody sees; none at all show everything."""
    if by.sees_everything:
        return
    if not tags:
        raise AccessRefused(NEEDS_A_TAG, "scope_tags")
    theirs = set(by.scope.values_list("pk", flat=True))
    for tag in tags:
        if tag.pk not in theirs:
            raise AccessRefused(NOT_YOURS, "scope_tags", tag=tag.name)


def held(tags: Collection[ScopeTag]) -> list[ScopeTag]:
    """The same, none of which vanishes before the transaction ends. AccessRefused when one is gone already.

    Without it nothing would be narrowed: who carries no tag sees everything.
    """
    found = list(ScopeTag.objects.select_for_update().filter(pk__in=[tag.pk for tag in tags]))
    if len(found) < len({tag.pk for tag in tags}):
        raise AccessRefused(TAG_GONE, "scope_tags")
    return found


def check_not_stronger(person: Person, *, by: Person | None) -> None:
    """AccessRefused when the person may more than who would change them: that would be a way to become them."""
    if by is not None and not person.allowed <= by.allowed:
        raise AccessRefused(STRONGER, person=str(person))


def is_manager(person: Person) -> bool:
    """Whether the installation could be administered by this person alone."""
    return managers().filter(pk=person.pk).exists()


def managers() -> QuerySet[Person]:
    """Who signs in, may manage access, and sees everything."""
    return Person.objects.who_may(Permission.MANAGE_ACCESS).filter(is_service=False, scope_tags=None)


def one_at_a_time() -> None:
    """Until the transaction ends, nobody else changes who may what: two managers cannot demote each other at once."""
    Installation.objects.select_for_update().get_or_create(pk=1)


def check_a_manager_is_left() -> None:
    """AccessRefused when the change at hand has left nobody who manages access; called before its transaction ends."""
    if not managers().exists():
        raise AccessRefused(LAST_MANAGER)
