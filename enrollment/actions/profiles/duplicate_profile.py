from django.db import transaction
from django.utils.translation import gettext as _

from enrollment.actions.profiles.start_profile import start_profile
from enrollment.models import AuditEntry, Person, Profile, ProfileDraft, Token


def duplicate_profile(profile: Profile, *, token: Token, by: Person) -> ProfileDraft:
    """A draft that says what the profile says, for the same token or another; TokenNotActive."""
    with transaction.atomic():
        draft = start_profile(token, by=by)
        draft.name = _("Copy of %(name)s") % {"name": profile.name}
        draft.description, draft.platform, draft.settings = profile.description, profile.platform, profile.settings
        draft.save()
        AuditEntry.record("profile.duplicated", profile, by=by)
    return draft
