from django.db import transaction
from django.utils import timezone

from enrollment.models import ApiKey, AuditEntry, Permission, Person
from enrollment.permissions import check


def revoke_api_key(key: ApiKey, *, by: Person | None) -> None:
    """From now on it opens no door, for ever. One's own, or with Manage access somebody else's."""
    if by is not None and key.person_id != by.pk:
        check(by, Permission.MANAGE_ACCESS)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            AuditEntry.record("api_key.revoked", key, by=by, person=key.person.username)
    key.refresh_from_db()
