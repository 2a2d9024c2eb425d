from typing import Any

from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.models import Profile, ProfileDraft, VppToken
from enrollment.models.profile_cleaning import Errors, clean_settings
from enrollment.models.profile_settings import FIELDS

LONGEST_NAME = 125  # PROF-1, as Apple counts
# What Apple calls a field, and what the person who typed it calls it.
BY_APPLES_KEY = {one.goes_to: name for name, one in FIELDS.items()} | {"profile_name": "name"}


def check_draft(draft: ProfileDraft) -> tuple[dict[str, Any], Errors]:
    """The clean settings, and everything that keeps the draft from being saved; read by wizard and verb alike.

    Errors are sentences by field; those under "__all__" are about the whole.
    """
    settings, errors = clean_settings(draft.settings)
    found = {**refused_by_apple(draft), **_name(draft), **_room(draft)}
    if "company_portal_vpp" not in errors:
        found |= _vpp_token(draft, settings)
    return settings, {**found, **errors}


def _name(draft: ProfileDraft) -> Errors:
    if not draft.name.strip():
        return {"name": [_("This is needed.")]}
    if len(draft.name) > LONGEST_NAME:
        words = {"longest": LONGEST_NAME, "count": len(draft.name)}
        return {"name": [_("At most %(longest)d characters; these are %(count)d.") % words]}
    if _others(draft).filter(name=draft.name).exists():
        return {"name": [_("Another profile of this token has this name.")]}
    return {}


def _others(draft: ProfileDraft) -> Any:
    return Profile.objects.filter(token=draft.token).exclude(pk=draft.profile_id or 0)


def _room(draft: ProfileDraft) -> Errors:
    if draft.profile is not None or _others(draft).count() < limits.PROFILES_PER_TOKEN:
        return {}
    return {"__all__": [_("A token may have at most %(most)d profiles.") % {"most": limits.PROFILES_PER_TOKEN}]}


def _vpp_token(draft: ProfileDraft, settings: dict[str, Any]) -> Errors:
    """One that the person can see, or the one the profile has already."""
    chosen = settings["company_portal_vpp"]
    if chosen is None or VppToken.objects.visible_to(draft.owner).filter(pk=chosen).exists():
        return {}
    had = draft.profile.settings.get("company_portal_vpp") if draft.profile else None
    if chosen == had and VppToken.objects.filter(pk=chosen).exists():
        return {}
    return {"company_portal_vpp": [_("This VPP token is not here any more. Choose another, or none.")]}


def refused_by_apple(draft: ProfileDraft) -> Errors:
    """What Apple refused stands at its field until it is changed."""
    revision = draft.profile.current if draft.profile else None
    field = BY_APPLES_KEY.get(revision.refused_field) if revision else None
    if revision is None or revision.apple_uuid or field is None:
        return {}
    was = revision.payload["profile_name"] if field == "name" else revision.settings.get(field)
    if was != (draft.name if field == "name" else draft.settings.get(field)):
        return {}
    return {field: [_(revision.refusal_sentence) % revision.refusal_details]}
