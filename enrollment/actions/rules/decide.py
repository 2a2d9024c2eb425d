from collections.abc import Iterable
from datetime import datetime

from enrollment.models import AssignmentRule, RuleMode
from enrollment.models.device import DeviceQuerySet
from enrollment.models.rule_decision import winner


def decide(devices: DeviceQuerySet, rules: Iterable[AssignmentRule], now: datetime) -> DeviceQuerySet:
    """Each device with the keys of its `winner`, the first active rule that matches, and its `shadow_winner`.

    The second is the rule in shadow mode that would win if it were active. `rules` are a token's, in order.
    """
    rules = list(rules)
    return devices.annotate(winner=winner(rules, now), shadow_winner=winner(rules, now, RuleMode.SHADOW))
