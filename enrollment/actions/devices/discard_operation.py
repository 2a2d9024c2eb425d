from enrollment.models import Operation, OperationStatus


def discard_operation(operation: Operation) -> bool:
    """Forget a preview that nobody confirmed; whether there was one. What was done is kept."""
    deleted, _tables = Operation.objects.filter(pk=operation.pk, status=OperationStatus.PREVIEWED).delete()
    return deleted > 0
