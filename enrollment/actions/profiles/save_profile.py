from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.models import AuditEntry, Installation, Person, Profile, ProfileDraft, ProfileRevision
from enrollment.models.profile_cleaning import Errors, clean_settings
from enrollment.models.profile_payload import payload

LONGEST_NAME = 125  # PROF-1, as Apple counts


class ProfileNotSaved(Exception):
    """Something typed cannot be taken; `errors` has sentences by field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


def check_draft(draft: ProfileDraft) -> tuple[dict[str, Any], Errors]:
    """The clean settings, and everything that keeps the draft from being saved; read by review page and verb alike."""
    settings, errors = clean_settings(draft.settings)
    others = Profile.objects.filter(token=draft.token).exclude(pk=draft.profile_id or 0)
    if not draft.name.strip():
        errors["name"] = [_("This is needed.")]
    elif len(draft.name) > LONGEST_NAME:
        errors["name"] = [_("At most %(most)d characters.") % {"most": LONGEST_NAME}]
    elif others.filter(name=draft.name).exists():
        errors["name"] = [_("Another profile of this token has this name.")]
    if draft.profile is None and others.count() >= limits.PROFILES_PER_TOKEN:
        errors["__all__"] = [_("A token may have at most %(most)d profiles.") % {"most": limits.PROFILES_PER_TOKEN}]
    return settings, errors


def save_profile(draft: ProfileDraft, *, by: Person) -> Profile:
    """Make the draft a profile, or a new revision of one (PB-1). ProfileNotSaved says what is wrong, by field.

    Name and description alone make no revision, and a payload that is the same keeps Apple's copy.
    """
    settings, errors = check_draft(draft)
    if errors:
        raise ProfileNotSaved(errors)
    try:
        with transaction.atomic():
            profile = _profile(draft, by)
            _revise(profile, settings, by)
            draft.delete()
    except IntegrityError:
        raise ProfileNotSaved({"name": [_("Another profile of this token has this name.")]}) from None
    return profile


def _profile(draft: ProfileDraft, by: Person) -> Profile:
    profile = draft.profile or Profile(token=draft.token)
    before = {"name": profile.name, "description": profile.description} if profile.pk else {}
    profile.name, profile.description, profile.platform = draft.name, draft.description, draft.platform
    after: dict[str, Any] = {"name": profile.name, "description": profile.description}
    profile.save()
    if before != after:
        action = "profile.edited" if before else "profile.created"
        AuditEntry.record(action, profile, by=by, before=before, **after)
    return profile


def _revise(profile: Profile, settings: dict[str, Any], by: Person) -> None:
    former = profile.current
    if former is not None and former.settings == settings:
        return
    # A changed name alone is local until Apple gets a new copy for another reason (PB-1).
    name = former.payload["profile_name"] if former else profile.name
    magic = str(Installation.this().org_magic)
    said = payload(settings, profile_name=name, org_magic=magic)
    is_same = former is not None and former.payload == said
    if not is_same:
        said = {**said, "profile_name": profile.name}
    revision = ProfileRevision.objects.create(
        profile=profile,
        number=former.number + 1 if former else 1,
        settings=settings,
        payload=said,
        apple_uuid=former.apple_uuid if former and is_same else "",
        defined_at=former.defined_at if former and is_same else None,
        created_by=by,
    )
    profile.current = revision
    profile.save(update_fields=["current"])
    old = former.settings if former else {}
    changed = {key: value for key, value in settings.items() if old.get(key) != value}
    AuditEntry.record(
        "profile.revised",
        profile,
        by=by,
        before={key: old[key] for key in changed if key in old},
        revision=revision.number,
        **changed,
    )
