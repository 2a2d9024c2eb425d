from django.db import transaction

from enrollment.models import AuditEntry, Person, SerialList, SerialRow


def delete_serial_list(serials: SerialList, *, by: Person | None) -> None:
    """Forget a list; what was assigned from it stays."""
    with transaction.atomic():
        AuditEntry.record("serial_list.deleted", serials, by=by)
        SerialRow.objects.filter(list=serials).delete()
        serials.delete()
