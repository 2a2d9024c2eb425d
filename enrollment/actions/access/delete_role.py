from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.actions.access.save_role import BUILT_IN
from enrollment.actions.access.what_may_be_given import AccessRefused, one_at_a_time
from enrollment.models import ApiKey, AuditEntry, Permission, Person, Role
from enrollment.permissions import check_everywhere

CARRIED = gettext_noop("People or API keys still have this role: give them another first.")


def delete_role(role: Role, *, by: Person | None) -> None:
    """A role nobody has is no more. AccessRefused while somebody or some key has it."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    if role.is_built_in:
        raise AccessRefused(BUILT_IN)
    with transaction.atomic():
        one_at_a_time()
        if role.people.exists() or usable_keys(role).exists():
            raise AccessRefused(CARRIED)
        # Keys that open no door any more stand in nobody's way. From another one it is never taken: it would do more.
        role.api_keys.exclude(pk__in=usable_keys(role).values("pk")).update(role=None)
        AuditEntry.record("role.deleted", role, by=by, before={"name": role.name, "permissions": role.permissions})
        role.delete()


def usable_keys(role: Role) -> QuerySet[ApiKey]:
    """Keys of this role that may still open a door, now or when their person comes back."""
    return role.api_keys.open(timezone.now())
