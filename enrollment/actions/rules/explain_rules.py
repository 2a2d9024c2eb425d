from dataclasses import dataclass

from django.utils import timezone

from enrollment.models import AssignmentRule, Device, RuleMode, WishedBy
from enrollment.models.rule_condition import condition_holds, condition_in_words


@dataclass(frozen=True)
class Explained:
    """A rule held against one device: which of its groups holds, or what keeps each of them from it, in words."""

    rule: AssignmentRule
    holds_because: list[str]  # the conditions of the first group that holds
    fails_because: list[list[str]]  # of each group, the conditions that do not hold
    is_winner: bool

    @property
    def matches(self) -> bool:
        return bool(self.holds_because)


@dataclass(frozen=True)
class Explanation:
    """What the rules of its token say of a device, in order, and whether that is what is wanted of it."""

    rules: list[Explained]
    winner: AssignmentRule | None
    decided_by_rule: bool  # what is wanted now was written by a rule
    is_as_decided: bool  # what is wanted now is what the winner says


def explain_rules(device: Device) -> Explanation:
    """Which rule wins and why, condition by condition (DEV-6); says the same as `decide`."""
    now, winner, explained = timezone.now(), None, []
    for rule in device.token.rules.select_related("profile"):
        groups = [
            [(condition_in_words(one), condition_holds(one, device, now)) for one in group]
            for group in rule.conditions
            if group
        ]
        whole = [group for group in groups if all(holds for _words, holds in group)]
        is_winner = bool(whole) and winner is None and rule.mode == RuleMode.ACTIVE
        winner = rule if is_winner else winner
        explained.append(
            Explained(
                rule,
                [words for words, _holds in whole[0]] if whole else [],
                [] if whole else [[words for words, holds in group if not holds] for group in groups],
                is_winner,
            )
        )
    return Explanation(
        explained,
        winner,
        decided_by_rule=device.wished_because == WishedBy.RULE,
        is_as_decided=winner is not None and device.profile_id == winner.profile_id,
    )
