from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, Person, Profile, Token


def set_default_profile(token: Token, profile: Profile | None, *, by: Person | None) -> None:
    """From now on devices that appear get this profile, or none by themselves (DEV-5)."""
    before = token.default_profile
    with transaction.atomic():
        token.default_profile = profile
        token.default_profile_since = timezone.now() if profile else None
        token.save(update_fields=["default_profile", "default_profile_since"])
        AuditEntry.record(
            "token.default_profile_set",
            token,
            by=by,
            before={"profile": before.name if before else ""},
            profile=profile.name if profile else "",
        )
