from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from enrollment.actions.rules.decide import decide
from enrollment.actions.rules.preview_rules import devices_about
from enrollment.models import AssignmentRule, Device, RuleMode, RulesAbout, Verdict
from enrollment.models.rule_condition import query_of
from enrollment.models.rule_decision import UNSAVED, judged

EXAMPLES = 10


@dataclass(frozen=True)
class RulePreview:
    """What a rule would do, were it active: the devices it matches, those it wins, and what these would get."""

    matches: int
    wins: int
    counts: dict[Verdict, int]
    examples: Sequence[tuple[Device, Verdict]]

    @property
    def others(self) -> int:
        """Devices that match, and that a rule before wins."""
        return self.matches - self.wins

    @property
    def gets(self) -> int:
        return self.counts.get(Verdict.GETS, 0)

    @property
    def has(self) -> int:
        return self.counts.get(Verdict.HAS, 0)

    @property
    def cannot(self) -> dict[Verdict, int]:
        """Why not, and how many."""
        return {verdict: n for verdict, n in self.counts.items() if verdict not in (Verdict.GETS, Verdict.HAS)}


def preview_rule(rule: AssignmentRule) -> RulePreview:
    """Of a rule, saved or not, among the others of its token as they are; about the devices present now."""
    now, about = timezone.now(), RulesAbout.DECIDED
    tried = copy(rule)
    tried.mode = RuleMode.ACTIVE
    holds = query_of(tried.conditions, now)
    if holds is None:
        return RulePreview(0, 0, {}, [])
    devices = devices_about(rule.token, about).filter(holds)
    won = decide(devices, [*_before(tried), tried], now).filter(Q(winner=rule.pk or UNSAVED))
    judged_ones = judged(won, rule.profile, about)
    said = dict(judged_ones.order_by().values_list("said").annotate(count=Count("*")))
    counts = {verdict: said[verdict] for verdict in Verdict if verdict in said}
    # In the order of an index, so that the first are found without a look at the others.
    examples = [(device, Verdict(device.said)) for device in judged_ones.order_by("serial")[:EXAMPLES]]
    return RulePreview(devices.count(), sum(counts.values()), counts, examples)


def _before(tried: AssignmentRule) -> list[AssignmentRule]:
    """The active rules that come before this one: all of them when it is new."""
    others = tried.token.rules.filter(mode=RuleMode.ACTIVE)
    return [other for other in others if not tried.pk or (other.position, other.pk) < (tried.position, tried.pk)]
