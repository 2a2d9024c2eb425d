from django.db import transaction

from enrollment.models import AuditEntry, Operation, OperationStatus, Person, Token


def discard_operation(operation: Operation, *, by: Person | None) -> bool:
    """Forget a preview that nobody confirmed; whether there was one. What was done is kept.

    Of one that the brake has stopped, the devices are left as they are: no later run comes back to them.
    """
    with transaction.atomic():
        deleted, _tables = Operation.objects.filter(pk=operation.pk, status=OperationStatus.PREVIEWED).delete()
        if deleted and operation.token and operation.rules_until:
            Token.objects.filter(pk=operation.token.pk).update(rules_decided_until=operation.rules_until)
        if deleted:
            AuditEntry.record("operation.discarded", operation, by=by, kind=operation.kind, devices=operation.gets)
    return deleted > 0
