from django.db import transaction

from enrollment.models import AuditEntry, Installation, Person


def require_mfa(on: bool, *, by: Person | None) -> None:
    """Whoever signs in with a password needs a second factor from now on, or no longer."""
    this = Installation.this()
    with transaction.atomic():
        this = Installation.objects.select_for_update().get(pk=this.pk)
        if this.requires_mfa == on:
            return
        this.requires_mfa = on
        this.save(update_fields=["requires_mfa"])
        AuditEntry.record("installation.mfa_required", this, by=by, before={"required": not on}, required=on)
