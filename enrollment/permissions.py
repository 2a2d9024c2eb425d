"""Who may do what. Whether a person may see an object at all is its queryset's visible_to."""

from django.core.exceptions import PermissionDenied

from enrollment.models import Permission, Person


def may(person: Person, permission: Permission) -> bool:
    """Whether one of the person's roles allows it."""
    return person.is_active and permission.value in person.allowed


def check(person: Person | None, permission: Permission) -> None:
    """PermissionDenied unless one of the person's roles allows it. Nobody (None) is the clock, which may."""
    if person is not None and not may(person, permission):
        raise PermissionDenied(permission.value)
