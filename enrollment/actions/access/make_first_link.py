import hashlib
import secrets

from django.db import transaction

from enrollment.models import AuditEntry, Installation, Permission, Person, Role


def make_first_link() -> str | None:
    """A new secret for the link that makes the first administrator; earlier ones are void. None when there is one.

    It is returned once: only its hash is kept.
    """
    secret = secrets.token_urlsafe(32)
    this = Installation.this()
    with transaction.atomic():
        this = Installation.objects.select_for_update().get(pk=this.pk)
        if has_administrator():
            return None
        this.hashed_first_link = hash_link(secret)
        this.save(update_fields=["hashed_first_link"])
        AuditEntry.record("installation.first_link_made", this, by=None)
    return secret


def has_administrator() -> bool:
    """Whether anybody ever was made an administrator; a closed account counts, so that no old link opens again."""
    managing = [role.pk for role in Role.objects.all() if Permission.MANAGE_ACCESS in role.permissions]
    people = Person.objects.filter(is_service=False)
    return people.filter(is_superuser=True).exists() or people.filter(roles__in=managing).exists()


def hash_link(secret: str) -> str:
    """A secret of 256 random bits is kept as well by a fast hash as by a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()
