from enrollment.models import Operation, OperationStatus, Token, WishedBy


def forget_previews(token: Token, *, only_stopped: bool = False) -> bool:
    """Forget what the token's rules have decided and nobody confirmed: they decide anew. Whether there was any."""
    waiting = Operation.objects.filter(token=token, status=OperationStatus.PREVIEWED, because=WishedBy.RULE)
    deleted, _tables = (waiting.filter(is_stopped=True) if only_stopped else waiting).delete()
    return deleted > 0
