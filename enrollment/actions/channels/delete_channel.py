from django.db import transaction

from enrollment.actions.channels.save_channel import told
from enrollment.models import AuditEntry, Channel, Permission, Person
from enrollment.permissions import check_everywhere


def delete_channel(channel: Channel, *, by: Person | None) -> None:
    """Nothing is told there any more, and what was told is forgotten here, with the address."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    with transaction.atomic():
        AuditEntry.record("channel.deleted", channel, by=by, before=told(channel))
        channel.delete()
