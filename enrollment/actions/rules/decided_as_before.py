from django.db.models import F, Q, QuerySet
from django.utils import timezone

from enrollment.models import Operation, OperationDevice, RuleMode, Token, Verdict
from enrollment.models.rule_decision import has_foreign_profile, winner


def decided_as_before(operation: Operation, token: Token) -> QuerySet[OperationDevice, int]:
    """The keys of its rows about which the rules, as they and the devices are now, still say the same."""
    rules = token.rules.filter(mode=RuleMode.ACTIVE)
    same = operation.devices.annotate(rule_now=winner(rules, timezone.now(), of="device__")).filter(rule=F("rule_now"))
    may_get = ~has_foreign_profile(token.pk, of="device__") | ~Q(verdict=Verdict.GETS)
    return same.filter(may_get).values_list("pk", flat=True)
