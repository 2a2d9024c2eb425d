from typing import Any

from django.apps import AppConfig
from django.db import models
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """What can be allowed, named as in the admin center (ROLE-1)."""

    READ_TOKEN = "read_token", _("Read token")
    CREATE_TOKEN = "create_token", _("Create token")
    UPDATE_TOKEN = "update_token", _("Update token")
    DELETE_TOKEN = "delete_token", _("Delete token")
    SYNC_DEVICE = "sync_device", _("Sync device")
    READ_PROFILE = "read_profile", _("Read profile")
    CREATE_PROFILE = "create_profile", _("Create profile")
    UPDATE_PROFILE = "update_profile", _("Update profile")
    DELETE_PROFILE = "delete_profile", _("Delete profile")
    ASSIGN_PROFILE = "assign_profile", _("Assign profile")
    READ_DEVICE = "read_device", _("Read device")
    DELETE_DEVICE = "delete_device", _("Delete device")
    RELEASE_DEVICE = "release_device", _("Release device")
    LOCK_DEVICE = "lock_device", _("Activation Lock")
    READ_AUDIT = "read_audit", _("Read audit")
    MANAGE_ACCESS = "manage_access", _("Manage access")


_reads = [Permission.READ_TOKEN, Permission.READ_PROFILE, Permission.READ_DEVICE]

# ROLE-2. Every migration writes these rows anew, so that a new version's permissions reach its roles.
BUILT_IN: dict[str, list[Permission]] = {
    "administrator": list(Permission),
    "enrollment_manager": [
        permission
        for permission in Permission
        if permission
        not in (
            Permission.RELEASE_DEVICE,
            Permission.LOCK_DEVICE,
            Permission.READ_AUDIT,
            Permission.MANAGE_ACCESS,
        )
    ],
    "profile_assigner": [*_reads, Permission.SYNC_DEVICE, Permission.ASSIGN_PROFILE],
    "helpdesk": [*_reads],
    "auditor": [*_reads, Permission.READ_AUDIT],
}

BUILT_IN_NAMES = {
    "administrator": _("Administrator"),
    "enrollment_manager": _("Enrollment manager"),
    "profile_assigner": _("Profile assigner"),
    "helpdesk": _("Helpdesk"),
    "auditor": _("Auditor"),
}


class Role(models.Model):
    """A named set of permissions."""

    key = models.SlugField(max_length=50, unique=True)
    name = models.CharField(
        max_length=100, blank=True, help_text="Empty for built-in roles: their names are translated."
    )
    is_built_in = models.BooleanField(default=False)
    permissions = models.JSONField(default=list)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return str(BUILT_IN_NAMES.get(self.key, self.name) if self.is_built_in else self.name)


@receiver(post_migrate)
def write_built_in_roles(sender: AppConfig, using: str, **_signal: Any) -> None:
    """The built-in roles as this version knows them."""
    if sender.name != "enrollment":
        return
    for key, permissions in BUILT_IN.items():
        values = {"is_built_in": True, "permissions": [permission.value for permission in permissions]}
        Role.objects.using(using).update_or_create(key=key, defaults=values)
