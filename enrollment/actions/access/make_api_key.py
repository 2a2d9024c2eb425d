from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from enrollment.models import ApiKey, AuditEntry, Person
from enrollment.models.api_key import hash_key, make_key

SHOWN = 12


def make_api_key(person: Person, *, name: str, by: Person | None, days: int | None = None) -> str:
    """A key that acts as this person, for so many days. It is returned once: only its hash is kept (API-2)."""
    key = make_key()
    expires_at = timezone.now() + timedelta(days=days) if days else None
    with transaction.atomic():
        made = ApiKey.objects.create(
            name=name, person=person, beginning=key[:SHOWN], hashed_key=hash_key(key), expires_at=expires_at
        )
        AuditEntry.record("api_key.made", made, by=by, person=person.username, expires=str(expires_at or ""))
    return key
