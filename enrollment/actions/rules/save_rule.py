from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.rules.note_rules_changed import note_rules_changed
from enrollment.models import AssignmentRule, AuditEntry, Person, Profile, RuleMode, Token
from enrollment.models.rule_condition import Groups, tidy, trouble_with


class ConditionsRefused(Exception):
    """Something is wrong with conditions; `troubles` says what, by the numbers of group and condition."""

    def __init__(self, troubles: dict[tuple[int, int], str]) -> None:
        self.troubles = troubles
        super().__init__("; ".join(troubles.values()))


class TooManyRules(Exception):
    """A token has as many rules as it may have."""

    sentence = gettext_noop("A token has at most %(most)d rules.")
    details: ClassVar = {"most": limits.RULES_PER_TOKEN}


class RuleNameTaken(Exception):
    """Two rules of a token would have the same name."""

    sentence = gettext_noop("Another rule of this token has this name already.")


def save_rule(
    token: Token,
    rule: AssignmentRule | None,
    *,
    name: str,
    profile: Profile,
    mode: RuleMode,
    conditions: Groups,
    by: Person | None,
) -> AssignmentRule:
    """Make a rule, as the last one, or change it. It decides about devices that appear from now on (DEV-6).

    ConditionsRefused, RuleNameTaken, TooManyRules; then nothing is changed.
    """
    conditions = tidy(conditions)
    if troubles := troubles_of(conditions):
        raise ConditionsRefused(troubles)
    if is_name_taken(token, rule, name):
        raise RuleNameTaken
    with transaction.atomic():
        before = told(rule) if rule else {}
        rule = rule or _new(token)
        rule.name, rule.profile, rule.mode, rule.conditions = name, profile, mode, conditions
        _save(rule)
        note_rules_changed(token)
        AuditEntry.record("rule.changed" if before else "rule.made", rule, by=by, before=before, **told(rule))
    return rule


def _save(rule: AssignmentRule) -> None:
    """RuleNameTaken when somebody else was faster."""
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise RuleNameTaken from None


def is_name_taken(token: Token, rule: AssignmentRule | None, name: str) -> bool:
    """Whether another rule of the token has it."""
    others = token.rules.exclude(pk=rule.pk) if rule and rule.pk else token.rules.all()
    return others.filter(name=name).exists()


def troubles_of(conditions: Groups) -> dict[tuple[int, int], str]:
    """What is wrong with conditions, by the numbers of group and condition."""
    found = {
        (group_number, number): trouble
        for group_number, group in enumerate(conditions)
        for number, condition in enumerate(group)
        if (trouble := trouble_with(condition))
    }
    if sum(map(len, conditions)) > limits.CONDITIONS_PER_RULE:
        most = limits.CONDITIONS_PER_RULE
        found[len(conditions) - 1, 0] = _("A rule has at most %(most)d conditions.") % {"most": most}
    return found


def _new(token: Token) -> AssignmentRule:
    if token.rules.count() >= limits.RULES_PER_TOKEN:
        raise TooManyRules
    last = token.rules.aggregate(last=Max("position"))["last"] or 0
    return AssignmentRule(token=token, position=last + 1)


def told(rule: AssignmentRule) -> dict[str, Any]:
    """What the log tells of a rule, in nobody's language: whoever reads it may have another one."""
    groups = [[f"{one['field']} {one['test']} {one['value']}".strip() for one in group] for group in rule.conditions]
    return {"name": rule.name, "profile": rule.profile.name, "mode": rule.mode, "conditions": groups}
