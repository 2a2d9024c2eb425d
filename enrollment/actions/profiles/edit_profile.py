from django.db import transaction

from enrollment.models import AuditEntry, Person, Profile, ProfileDraft


def edit_profile(profile: Profile, *, by: Person) -> ProfileDraft:
    """The person's draft of changes to a profile; the one already begun, if there is one."""
    begun = ProfileDraft.objects.filter(owner=by, profile=profile).first()
    if begun:
        return begun
    with transaction.atomic():
        draft = ProfileDraft.objects.create(
            owner=by,
            token=profile.token,
            profile=profile,
            name=profile.name,
            description=profile.description,
            platform=profile.platform,
            settings=profile.settings,
        )
        AuditEntry.record("profile_draft.started", draft, by=by, source=f"profile {profile.pk}")
    return draft
