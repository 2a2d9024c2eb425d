from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Device, Person, Profile, Token


class InTheWay(StrEnum):
    """Why a profile cannot be deleted (PB-5)."""

    ASSIGNED = gettext_noop("Devices are assigned to this profile.")
    DEFAULT = gettext_noop("It is the default profile of its token.")
    RULES = gettext_noop("Assignment rules give it to devices:")


class ProfileInUse(Exception):
    """Something is in the way; `reasons` says what."""

    def __init__(self, reasons: list[InTheWay]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


def in_the_way(profile: Profile) -> list[InTheWay]:
    """What keeps the profile from being deleted; read by page and verb alike."""
    holds = {
        InTheWay.ASSIGNED: Device.objects.filter(profile=profile).exists(),
        InTheWay.DEFAULT: Token.objects.filter(default_profile=profile).exists(),
        InTheWay.RULES: profile.rules.exists(),
    }
    return [reason for reason, is_so in holds.items() if is_so]


def in_words(profile: Profile, reasons: list[InTheWay]) -> list[str]:
    """What is in the way, as people read it; the rules by their names."""
    names = ", ".join(_("“%(name)s”") % {"name": rule.name} for rule in profile.rules.all())
    return [f"{_(reason)} {names}." if reason == InTheWay.RULES else _(reason) for reason in reasons]


def delete_profile(profile: Profile, *, by: Person | None) -> None:
    """Delete a profile nobody uses; ProfileInUse otherwise. Apple keeps its copies: it knows no deletion."""
    if reasons := in_the_way(profile):
        raise ProfileInUse(reasons)
    with transaction.atomic():
        before = {"name": profile.name, "description": profile.description, **profile.settings}
        AuditEntry.record("profile.deleted", profile, by=by, before=before)
        # The profile points at its current revision and the revision at its profile: the knot is opened first.
        Profile.objects.filter(pk=profile.pk).update(current=None)
        profile.delete()
