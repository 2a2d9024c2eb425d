from collections.abc import Sequence

from django.db import transaction

from enrollment.actions.rules.note_rules_changed import note_rules_changed
from enrollment.models import AssignmentRule, AuditEntry, Person, Token


def order_rules(token: Token, keys: Sequence[int], *, by: Person | None) -> bool:
    """Put the token's rules into the order of their keys; those not named follow. Whether that is another order."""
    with transaction.atomic():
        before = list(token.rules.all())
        place = {key: number for number, key in enumerate(keys)}
        after = sorted(before, key=lambda rule: place.get(rule.pk, len(place)))
        if after == before:
            return False
        for number, rule in enumerate(after, 1):
            rule.position = number
        AssignmentRule.objects.bulk_update(after, ["position"])
        note_rules_changed(token)
        names = [[rule.name for rule in rules] for rules in (before, after)]
        AuditEntry.record("rules.ordered", token, by=by, before={"order": names[0]}, order=names[1])
    return True
