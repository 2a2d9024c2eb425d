from django.db import transaction

from enrollment.models import AuditEntry, Person, Token

MOST = 10_000_000


def set_rules_brake(token: Token, brake: int, *, by: Person | None) -> None:
    """How many devices one run of the rules may move by itself; what it would move more waits for confirmation."""
    before = token.rules_brake
    with transaction.atomic():
        Token.objects.filter(pk=token.pk).update(rules_brake=brake)
        AuditEntry.record("rules.brake_set", token, by=by, before={"brake": before}, brake=brake)
    token.rules_brake = brake
