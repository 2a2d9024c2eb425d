from enrollment.actions.profiles.start_profile import Beginning, start_profile
from enrollment.models import ForeignProfile, Person, ProfileDraft
from enrollment.models.profile_from_payload import settings_from_payload


def import_foreign_profile(foreign: ForeignProfile, *, by: Person) -> ProfileDraft:
    """A draft from a profile another tool made, as Apple answered it (DEV-4b); TokenNotActive.

    Apple's answer is not ours to trust: what cannot be taken is said by the wizard, at its field.
    """
    settings = settings_from_payload(foreign.payload or {})
    beginning = Beginning(f"profile {foreign.apple_uuid} of another tool", settings, foreign.name)
    return start_profile(foreign.token, by=by, beginning=beginning)
