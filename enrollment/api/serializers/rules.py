from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from enrollment import limits
from enrollment.actions.rules.set_rules_brake import MOST
from enrollment.api.serializers.operations import LARGEST_KEY, ReasonSerializer
from enrollment.api.serializers.said import OneOf, Said
from enrollment.models import AssignmentRule, Profile, RuleMode, Verdict
from enrollment.models.assignment_rule import ASKED_ABOUT
from enrollment.models.rule_condition import LONGEST_VALUE, RuleField, RuleTest, groups_in_words


class RuleConditionSerializer(Said):
    """What must be so of a device; which tests fit a field, and what they want, GET rule-conditions/ tells."""

    field = serializers.ChoiceField(choices=RuleField.choices)
    test = serializers.ChoiceField(choices=RuleTest.choices)
    value = serializers.CharField(
        max_length=LONGEST_VALUE, allow_blank=True, default="", help_text="Text, a day such as 2026-09-01, or days."
    )


class GroupsField(serializers.ListField):
    """Groups of conditions."""

    child = serializers.ListField(child=RuleConditionSerializer(), min_length=1, max_length=limits.CONDITIONS_PER_RULE)


def groups(**more: Any) -> GroupsField:
    return GroupsField(
        min_length=1,
        max_length=limits.CONDITIONS_PER_RULE,
        help_text="Any of the groups must hold; in a group, all conditions.",
        **more,
    )


class RuleSaidSerializer(Said):
    """An assignment rule as a program says it."""

    name = serializers.CharField(max_length=100, help_text="Once per token.")
    profile = OneOf(Profile, help_text="One of the token's.")
    mode = serializers.ChoiceField(choices=RuleMode.choices, default=RuleMode.ACTIVE)
    conditions = groups()

    def validate_profile(self, profile: Profile) -> Profile:
        if profile.token_id != self.context["token"].pk:
            raise serializers.ValidationError(_("There is no such thing here."))
        return profile


class RuleChangedSerializer(RuleSaidSerializer):
    """What is to be changed of a rule; the rest stays."""

    name = serializers.CharField(max_length=100, required=False)
    profile = OneOf(Profile, required=False)
    mode = serializers.ChoiceField(choices=RuleMode.choices, required=False)
    conditions = groups(required=False)


class RuleTriedSerializer(RuleSaidSerializer):
    """What a rule that is to be tried says."""

    name = None
    mode = None


class RuleTriedAnewSerializer(RuleTriedSerializer):
    """What is to be different about a rule that is there; nothing to try it as it is."""

    profile = OneOf(Profile, required=False)
    conditions = groups(required=False)


class RuleSerializer(serializers.ModelSerializer):
    """An assignment rule of a token; of several that match a device the first wins."""

    conditions = serializers.ListField(
        child=serializers.ListField(child=RuleConditionSerializer()),
        help_text="Any of the groups must hold; in a group, all conditions.",
    )
    in_words = serializers.SerializerMethodField(help_text="The conditions, in the same order.")
    created_at = serializers.DateTimeField(source="made_at", read_only=True)

    class Meta:
        model = AssignmentRule
        fields = [
            "id",
            "token",
            "position",
            "name",
            "mode",
            "profile",
            "conditions",
            "in_words",
            "created_at",
            "changed_at",
        ]
        read_only_fields = fields

    def get_in_words(self, rule: AssignmentRule) -> list[list[str]]:
        return groups_in_words(rule.conditions)


class RuleOrderSerializer(Said):
    """The ids of the token's rules in their order; those not named follow in the order they have."""

    order = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY), max_length=limits.RULES_PER_TOKEN
    )

    def validate_order(self, order: list[int]) -> list[int]:
        if set(order) - set(self.context["token"].rules.values_list("pk", flat=True)):
            raise serializers.ValidationError(_("There is no such thing here."))
        return order


class BrakeSerializer(Said):
    """How many devices one run of the rules may move by itself; more waits for somebody to confirm it."""

    brake = serializers.IntegerField(min_value=0, max_value=MOST)


class ApplySerializer(Said):
    """About which devices the rules are to decide."""

    about = serializers.ChoiceField(choices=[(about.value, about.label) for about in ASKED_ABOUT])


class RuleCountsSerializer(serializers.Serializer):
    """How many of the token's devices a rule matches, and of how many it is the one that wins."""

    rule = serializers.IntegerField()
    matches = serializers.IntegerField()
    wins = serializers.IntegerField(help_text="In shadow mode: would win if it were active.")


class AllCountsSerializer(serializers.Serializer):
    """Of each rule of a token, in order."""

    counts = RuleCountsSerializer(many=True)


class ExampleSerializer(serializers.Serializer):
    """A device the rule wins."""

    device = serializers.IntegerField()
    serial = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)


class RulePreviewSerializer(serializers.Serializer):
    """What a rule would do, were it active."""

    matches = serializers.IntegerField()
    wins = serializers.IntegerField()
    others = serializers.IntegerField(help_text="Devices that match, and that a rule before wins.")
    gets = serializers.IntegerField()
    has = serializers.IntegerField()
    cannot = ReasonSerializer(many=True)
    examples = ExampleSerializer(many=True)


class RuleTestSerializer(serializers.Serializer):
    """A test that makes sense of a field."""

    test = serializers.ChoiceField(choices=RuleTest.choices)
    label = serializers.CharField()
    takes = serializers.ChoiceField(choices=["text", "day", "days", "nothing"])


class RuleFieldSerializer(serializers.Serializer):
    """What of a device can be looked at."""

    field = serializers.ChoiceField(choices=RuleField.choices)
    label = serializers.CharField()
    tests = RuleTestSerializer(many=True)


class RuleConditionsSerializer(serializers.Serializer):
    """Of what a rule's conditions can be made."""

    fields_of_a_device = RuleFieldSerializer(many=True)
    longest_value = serializers.IntegerField()
    most_days = serializers.IntegerField()
    most_conditions = serializers.IntegerField()
    most_rules = serializers.IntegerField()
