from django.db.models import F, Q, QuerySet
from django.utils import timezone

from enrollment.models import OperationDevice, RuleMode, Token, Verdict
from enrollment.models.rule_decision import has_foreign_profile, winner


def decided_as_before(rows: QuerySet[OperationDevice], token: Token) -> QuerySet[OperationDevice]:
    """Those of the rows about which the rules, as they and the devices are now, still say the same."""
    rules = token.rules.filter(mode=RuleMode.ACTIVE)
    same = rows.annotate(rule_now=winner(rules, timezone.now(), of="device__")).filter(rule=F("rule_now"))
    return same.filter(~has_foreign_profile(token.pk, of="device__") | ~Q(verdict=Verdict.GETS))
