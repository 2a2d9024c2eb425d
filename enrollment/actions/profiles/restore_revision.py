from django.db import transaction

from enrollment.models import AuditEntry, Person, ProfileDraft, ProfileRevision


def restore_revision(revision: ProfileRevision, *, by: Person) -> ProfileDraft:
    """A draft that says what the revision said; saved, it is a new revision (PB-4). A draft begun before stays."""
    profile = revision.profile
    with transaction.atomic():
        draft = ProfileDraft.objects.create(
            owner=by,
            token=profile.token,
            profile=profile,
            name=profile.name,
            description=profile.description,
            platform=profile.platform,
            settings={**revision.settings_of_today(), **profile.name_settings()},
        )
        AuditEntry.record("profile.restore_begun", profile, by=by, revision=revision.number)
    return draft
