from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.encryption import encrypt
from enrollment.messengers.webhook import new_secret
from enrollment.models import AuditEntry, Channel, ChannelKind, Permission, Person
from enrollment.permissions import check_everywhere

NOT_SIGNED = gettext_noop("Only messages of webhooks are signed.")


def make_signing_secret(channel: Channel, *, by: Person | None) -> str:
    """A new secret that signs from now on, told this once; for a day the one before signs as well. AccessRefused."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    if channel.kind != ChannelKind.WEBHOOK:
        raise AccessRefused(NOT_SIGNED)
    secret = new_secret()
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        row.sealed_secret_before, row.sealed_secret = row.sealed_secret, encrypt(secret.encode())
        row.secret_made_at = timezone.now()
        row.save(update_fields=["sealed_secret_before", "sealed_secret", "secret_made_at"])
        AuditEntry.record("channel.signed_anew", row, by=by)
    return secret
