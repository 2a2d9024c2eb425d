from django.db import transaction

from enrollment.actions.rules.note_rules_changed import note_rules_changed
from enrollment.actions.rules.save_rule import told
from enrollment.models import AssignmentRule, AuditEntry, Person


def delete_rule(rule: AssignmentRule, *, by: Person | None) -> None:
    """Forget a rule. What it has decided about devices stays."""
    token = rule.token
    with transaction.atomic():
        AuditEntry.record("rule.deleted", rule, by=by, before=told(rule))
        rule.delete()
        note_rules_changed(token)
