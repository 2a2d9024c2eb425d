from collections.abc import Mapping
from typing import Any

from django.db import transaction

from enrollment.actions.profiles.edit_profile import a_draft_of
from enrollment.actions.profiles.save_profile import save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.models import Person, Profile


def change_profile(
    profile: Profile,
    *,
    by: Person,
    name: str | None = None,
    description: str | None = None,
    settings: Mapping[str, Any],
) -> Profile:
    """An edit and its saving in one, beside any draft that is begun; None leaves what there is.

    ProfileNotSaved: then nothing is left behind.
    """
    with transaction.atomic():
        draft = a_draft_of(profile, by=by)
        save_profile_draft(draft, name=name, description=description, **settings)
        return save_profile(draft, by=by)
