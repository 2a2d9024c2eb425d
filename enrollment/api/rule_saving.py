"""A rule as a program says it, saved or tried; what is wrong with it is told where it is wrong."""

from typing import Any

from rest_framework.exceptions import ValidationError

from enrollment.actions.rules.preview_rule import preview_rule
from enrollment.actions.rules.save_rule import ConditionsRefused, RuleNameTaken, TooManyRules, save_rule, troubles_of
from enrollment.api.problem import refusal, wrong_value
from enrollment.api.serializers.operations import reasons
from enrollment.api.serializers.rules import RulePreviewSerializer
from enrollment.models import AssignmentRule, Person, RuleMode, Token
from enrollment.models.rule_condition import tidy


def saved(token: Token, rule: AssignmentRule | None, said: dict[str, Any], by: Person) -> AssignmentRule:
    """What is not said stays as it is."""
    known = {name: getattr(rule, name) for name in ("name", "profile", "mode", "conditions")} if rule else {}
    whole = {**known, **said}
    try:
        return save_rule(token, rule, by=by, **{**whole, "mode": RuleMode(whole["mode"])})
    except ConditionsRefused as error:
        raise _at_the_conditions(error.troubles) from None
    except RuleNameTaken as error:
        raise wrong_value("name", error) from None
    except TooManyRules as error:
        raise refusal(error) from None


def tried(token: Token, rule: AssignmentRule | None, said: dict[str, Any]) -> dict[str, Any]:
    """What it would do."""
    known = {"profile": rule.profile, "conditions": rule.conditions} if rule else {}
    whole = {**known, **said}
    conditions = tidy(whole["conditions"])
    if troubles := troubles_of(conditions):
        raise _at_the_conditions(troubles)
    candidate = AssignmentRule(token=token, profile=whole["profile"], conditions=conditions)
    if rule is not None:
        candidate.pk, candidate.position = rule.pk, rule.position
    preview = preview_rule(candidate)
    examples = [{"device": one.pk, "serial": one.serial, "verdict": verdict} for one, verdict in preview.examples]
    counts = {name: getattr(preview, name) for name in ("matches", "wins", "others", "gets", "has")}
    answer = {**counts, "cannot": reasons(preview.cannot), "examples": examples}
    return RulePreviewSerializer(answer).data


def _at_the_conditions(troubles: dict[tuple[int, int], str]) -> ValidationError:
    """By the numbers of group and condition, from 0."""
    places: dict[str, dict[str, list[str]]] = {}
    for (group, number), trouble in troubles.items():
        places.setdefault(str(group), {})[str(number)] = [trouble]
    return ValidationError({"conditions": places})
