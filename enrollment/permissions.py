"""Who may do what. Whether a person may see an object at all is its queryset's visible_to."""

from django.core.exceptions import PermissionDenied

from enrollment.models import Permission, Person


def may(person: Person, permission: Permission) -> bool:
    """Whether one of the person's roles allows it."""
    return person.is_active and permission.value in person.allowed


def may_everywhere(person: Person, permission: Permission) -> bool:
    """Whether they may, and nobody has narrowed them to a part of the organisation: for what belongs to all of it."""
    return may(person, permission) and person.sees_everything


def check(person: Person | None, permission: Permission) -> None:
    """PermissionDenied unless one of the person's roles allows it. Nobody (None) is the clock, which may."""
    if person is not None and not may(person, permission):
        raise PermissionDenied(permission.value)


def check_any(person: Person, *permissions: Permission) -> None:
    """PermissionDenied unless one of these is allowed."""
    if not any(may(person, permission) for permission in permissions):
        raise PermissionDenied(" or ".join(permission.value for permission in permissions))


def check_everywhere(person: Person | None, permission: Permission) -> None:
    """PermissionDenied unless they may, for the whole organisation. Nobody (None) is the clock, which may."""
    if person is not None and not may_everywhere(person, permission):
        raise PermissionDenied(permission.value)
