from django.db import transaction

from enrollment.models import AuditEntry, Person, Profile, ProfileDraft


def edit_profile(profile: Profile, *, by: Person) -> ProfileDraft:
    """The person's draft of changes to a profile; the one already begun, if there is one."""
    begun = ProfileDraft.objects.filter(owner=by, profile=profile).first()
    return begun or a_draft_of(profile, by=by)


def a_draft_of(profile: Profile, *, by: Person) -> ProfileDraft:
    """A draft that says what the profile says, whatever others are begun."""
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
