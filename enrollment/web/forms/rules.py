"""The form of an assignment rule, and its conditions, which come and go while it is filled in."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.actions.rules.save_rule import RuleNameTaken, is_name_taken
from enrollment.actions.rules.set_rules_brake import MOST
from enrollment.models import AssignmentRule, RuleMode, Token
from enrollment.models.rule_condition import WITHOUT_VALUE, Condition, RuleField, RuleTest, fitting_tests
from enrollment.web.forms.profiles import Cards

MODES = {
    RuleMode.ACTIVE.value: _("What it decides is done with every sync."),
    RuleMode.SHADOW.value: _("It decides, and nothing is done: see what it would do before it does."),
    RuleMode.OFF.value: _("It takes no part."),
}
FAMILIES = ["iPad", "iPhone", "iPod", "Mac", "AppleTV", "Vision"]
_NAME = re.compile(r"c-([0-9]{1,4})-([0-9]{1,4})-(field|test|value)")
_NEW = {"field": RuleField.MODEL.value, "test": RuleTest.CONTAINS.value, "value": ""}
_KINDS = {RuleTest.SINCE: "date", RuleTest.BEFORE: "date", RuleTest.LAST_DAYS: "number"}


class RuleForm(forms.Form):
    """All of a rule but its conditions."""

    name = forms.CharField(label=_("Name"), max_length=100)
    profile = forms.ModelChoiceField(queryset=None, label=_("Profile"), empty_label=_("Choose one"))
    mode = forms.ChoiceField(label=_("Mode"), choices=RuleMode.choices, widget=Cards(MODES))

    def __init__(self, *args: Any, token: Token, rule: AssignmentRule | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._token, self._rule = token, rule
        self.fields["profile"].queryset = token.profiles.all()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if is_name_taken(self._token, self._rule, name):
            raise forms.ValidationError(_(RuleNameTaken.sentence))
        return name


class BrakeForm(forms.Form):
    """How many devices one run of the rules may move by itself."""

    brake = forms.IntegerField(label=_("Devices at once"), min_value=0, max_value=MOST)


def typed_groups(data: Mapping[str, Any]) -> list[list[Condition]]:
    """The conditions as they were typed, in their order."""
    found: dict[int, dict[int, Condition]] = defaultdict(dict)
    for name, value in data.items():
        if place := _NAME.fullmatch(name):
            group, number, part = int(place[1]), int(place[2]), place[3]
            found[group].setdefault(number, {"field": "", "test": "", "value": ""})[part] = value
    return [[found[group][number] for number in sorted(found[group])] for group in sorted(found)]


def after(do: str, groups: list[list[Condition]]) -> list[list[Condition]]:
    """The conditions after a button: "add:1", "remove:0:2", "add-group"; anything else changes nothing."""
    verb, *places = do.split(":")
    numbers = [int(place) for place in places if re.fullmatch("[0-9]{1,4}", place)]
    if verb == "add" and len(numbers) == 1 and numbers[0] < len(groups):
        groups[numbers[0]].append(dict(_NEW))
    elif verb == "add-group":
        groups.append([dict(_NEW)])
    elif verb == "remove" and len(numbers) == 2 and numbers[0] < len(groups):
        del groups[numbers[0]][numbers[1] : numbers[1] + 1]
    return [group for group in groups if group] or [[dict(_NEW)]]


@dataclass(frozen=True)
class Line:
    """A condition as the form shows it."""

    name: str  # what the names of its three fields begin with
    place: str  # for the buttons
    condition: Condition
    trouble: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """Those that fit what is looked at; what was chosen before stays until another is."""
        return [(test.value, str(test.label)) for test in fitting_tests(self.condition["field"])]

    @property
    def kind(self) -> str:
        """Of the field for the value; "" when there is none."""
        test = self.condition["test"]
        if test in WITHOUT_VALUE:
            return ""
        fits = test in fitting_tests(self.condition["field"])
        return _KINDS.get(RuleTest(test), "text") if fits else "text"


def lines_of(groups: list[list[Condition]], troubles: Mapping[tuple[int, int], str]) -> list[list[Line]]:
    return [
        [
            Line(f"c-{number}-{place}", f"{number}:{place}", condition, troubles.get((number, place), ""))
            for place, condition in enumerate(group)
        ]
        for number, group in enumerate(groups)
    ]
