from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enrollment.actions.profiles.check_draft import check_draft
from enrollment.models import AuditEntry, Installation, Person, Profile, ProfileDraft, ProfileRevision
from enrollment.models.profile_cleaning import Errors
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import of_a_revision


class ProfileNotSaved(Exception):
    """Something typed cannot be taken; `errors` has sentences by field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


def save_profile(draft: ProfileDraft, *, by: Person) -> Profile:
    """Make the draft a profile, or a new revision of one (PB-1). ProfileNotSaved says what is wrong, by field.

    Name, description and the device name template make no revision, and a payload that is the same keeps Apple's copy.
    """
    settings, errors = check_draft(draft)
    if errors:
        raise ProfileNotSaved(errors)
    try:
        with transaction.atomic():
            profile = _profile(draft, settings, by)
            _revise(profile, of_a_revision(settings), by)
            draft.delete()
    except IntegrityError:
        raise ProfileNotSaved({"name": [_("Another profile of this token has this name.")]}) from None
    return profile


def _profile(draft: ProfileDraft, settings: dict[str, Any], by: Person) -> Profile:
    profile = draft.profile or Profile(token=draft.token)
    after: dict[str, Any] = {
        "name": draft.name,
        "description": draft.description,
        "device_name_template": settings["name_template"],
    }
    before = {name: getattr(profile, name) for name in after} if profile.pk else {}
    for name, value in after.items():
        setattr(profile, name, value)
    profile.platform = draft.platform
    profile.save()
    if before != after:
        action = "profile.edited" if before else "profile.created"
        AuditEntry.record(action, profile, by=by, before=before, **after)
    return profile


def _revise(profile: Profile, settings: dict[str, Any], by: Person) -> None:
    former = profile.current
    if former is not None and former.settings_of_today() == settings:
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
