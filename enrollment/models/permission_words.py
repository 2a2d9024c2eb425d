"""What each permission allows, in a sentence, under the headings of the admin center (ROLE-1)."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.models.role import Permission

Text = str | Promise

GROUPS: Sequence[tuple[Text, Sequence[Permission]]] = (
    (
        _("Enrollment program tokens"),
        (
            Permission.READ_TOKEN,
            Permission.CREATE_TOKEN,
            Permission.UPDATE_TOKEN,
            Permission.DELETE_TOKEN,
            Permission.SYNC_DEVICE,
        ),
    ),
    (
        _("Profiles"),
        (
            Permission.READ_PROFILE,
            Permission.CREATE_PROFILE,
            Permission.UPDATE_PROFILE,
            Permission.DELETE_PROFILE,
            Permission.ASSIGN_PROFILE,
        ),
    ),
    (
        _("Devices"),
        (Permission.READ_DEVICE, Permission.DELETE_DEVICE, Permission.RELEASE_DEVICE, Permission.LOCK_DEVICE),
    ),
    (_("Audit and access"), (Permission.READ_AUDIT, Permission.MANAGE_ACCESS)),
)

ALLOWS: Mapping[Permission, Text] = {
    Permission.READ_TOKEN: _("See tokens, how they are, their syncs, and VPP tokens with their licences."),
    Permission.CREATE_TOKEN: _("Connect a new token, add a VPP token."),
    Permission.UPDATE_TOKEN: _("Rename a token or a VPP token, change its scope tags, renew it."),
    Permission.DELETE_TOKEN: _("Delete a token under which nothing is left, or a VPP token."),
    Permission.SYNC_DEVICE: _("Start a sync with Apple by hand, or the reading of licences."),
    Permission.READ_PROFILE: _("See profiles, their revisions and what Apple gets, and export them."),
    Permission.CREATE_PROFILE: _("Write, duplicate and import profiles."),
    Permission.UPDATE_PROFILE: _("Change profiles: each change is a new revision."),
    Permission.DELETE_PROFILE: _("Delete profiles that no device has."),
    Permission.ASSIGN_PROFILE: _("Give devices a profile or take it off, set default profiles and assignment rules."),
    Permission.READ_DEVICE: _("See and export devices, use the serial doctor, read one device anew from Apple."),
    Permission.DELETE_DEVICE: _("Delete devices here. They are not erased."),
    Permission.RELEASE_DEVICE: _("Release devices from the organisation, which cannot be undone."),
    Permission.LOCK_DEVICE: _("Turn on Activation Lock, and read the codes that open it."),
    Permission.READ_AUDIT: _("Read who did what, and who may what."),
    Permission.MANAGE_ACCESS: _("Manage people, roles, scope tags and API keys, as far as one sees and may oneself."),
}

SUMMARIES: Mapping[str, Text] = {
    "administrator": _("May do everything."),
    "enrollment_manager": _("Runs tokens, profiles and devices; releases none, and manages no people."),
    "profile_assigner": _("Reads, syncs, and gives devices their profile."),
    "helpdesk": _("Reads devices, uses the serial doctor, refreshes one device."),
    "auditor": _("Reads all, and the audit log."),
}
