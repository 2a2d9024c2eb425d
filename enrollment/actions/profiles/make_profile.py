from collections.abc import Mapping
from typing import Any

from django.db import transaction

from enrollment.actions.profiles.save_profile import save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.models import Person, Profile, Token


def make_profile(token: Token, *, by: Person, name: str, description: str, settings: Mapping[str, Any]) -> Profile:
    """A draft and its saving in one. TokenNotActive, ProfileNotSaved: then no draft is left behind."""
    with transaction.atomic():
        draft = start_profile(token, by=by)
        save_profile_draft(draft, name=name, description=description, **settings)
        return save_profile(draft, by=by)
