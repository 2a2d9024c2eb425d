from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from enrollment.actions.rules.decide import decide
from enrollment.models import Device, RuleMode, Token
from enrollment.models.rule_condition import query_of

COLUMNS = {RuleMode.ACTIVE: "winner", RuleMode.SHADOW: "shadow_winner"}


@dataclass(frozen=True)
class RuleCounts:
    """How many of the token's devices a rule matches, and of how many it is the one that wins."""

    matches: int
    wins: int


def count_rules(token: Token) -> dict[int, RuleCounts]:
    """By the key of each rule; a rule in shadow mode wins what it would win if it were active."""
    rules, now = list(token.rules.all()), timezone.now()
    devices = Device.objects.filter(token=token).present()
    queries = {rule.pk: query for rule in rules if (query := query_of(rule.conditions, now)) is not None}
    matches = devices.aggregate(**{f"rule_{key}": Count("pk", filter=query) for key, query in queries.items()})
    decided = decide(devices, rules, now)
    wins: dict[int, int] = {}
    for mode, column in COLUMNS.items():
        if any(rule.mode == mode for rule in rules):
            wins |= decided.counts_by(column)
    return {rule.pk: RuleCounts(matches.get(f"rule_{rule.pk}", 0), wins.get(rule.pk, 0)) for rule in rules}
