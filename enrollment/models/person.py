from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from enrollment.models.role import Permission, Role
from enrollment.models.scope_tag import ScopeTag


class PersonManager(UserManager["Person"]):
    def who_may(self, permission: Permission) -> models.QuerySet["Person"]:
        """The active people one of whose roles allows it. Few people exist; their roles are read in Python."""
        keys = [role.pk for role in Role.objects.all() if permission in role.permissions]
        return self.filter(Q(is_superuser=True) | Q(roles__in=keys), is_active=True).distinct()


class Person(AbstractUser):
    """Somebody who signs in, or a service that comes with a key."""

    roles = models.ManyToManyField(Role, related_name="people", blank=True)
    scope_tags = models.ManyToManyField(ScopeTag, related_name="people", blank=True)
    language = models.CharField(max_length=8, blank=True)
    device_columns = models.JSONField(default=list, blank=True, help_text="Of the device list; empty: the usual.")

    objects = PersonManager()

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The permissions of all roles together."""
        if self.is_superuser:
            return frozenset(Permission.values)
        return frozenset(permission for role in self.roles.all() for permission in role.permissions)

    @cached_property
    def sees_everything(self) -> bool:
        """Nobody has narrowed this person to a part of the organisation (ROLE-3)."""
        return not self.scope_tags.exists()
