from django.db import transaction

from enrollment.models import AuditEntry, Person, ProfileDraft


def delete_profile_draft(draft: ProfileDraft, *, by: Person) -> None:
    """Forget what was typed; the profile it would have changed stays as it is."""
    with transaction.atomic():
        AuditEntry.record("profile_draft.deleted", draft, by=by)
        draft.delete()
