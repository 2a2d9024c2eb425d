from django.utils.translation import gettext as _

from enrollment.actions.profiles.start_profile import Beginning, start_profile
from enrollment.models import Person, Profile, ProfileDraft, Token


def duplicate_profile(profile: Profile, *, token: Token, by: Person) -> ProfileDraft:
    """A draft that says what the profile says, for the same token or another; TokenNotActive."""
    beginning = Beginning(
        source=f"profile {profile.pk}",
        settings=profile.settings,
        name=_("Copy of %(name)s") % {"name": profile.name},
        description=profile.description,
        platform=profile.platform,
    )
    return start_profile(token, by=by, beginning=beginning)
