from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits
from enrollment.api.serializers.rules import RuleConditionsSerializer
from enrollment.api.viewset import Viewset
from enrollment.models import Permission
from enrollment.models.rule_condition import LONGEST_VALUE, MOST_DAYS, WITHOUT_VALUE, RuleField, RuleTest, fitting_tests

_TAKES = {RuleTest.SINCE: "day", RuleTest.BEFORE: "day", RuleTest.LAST_DAYS: "days"}
_TAKES |= dict.fromkeys(WITHOUT_VALUE, "nothing")


class RuleConditionViewSet(Viewset):
    """Of what the conditions of assignment rules can be made."""

    serializer_class = RuleConditionsSerializer
    pagination_class = None
    needed = Permission.READ_PROFILE

    @extend_schema(operation_id="rule_conditions")
    def show(self, request: Request) -> Response:
        """The fields of a device, the tests that fit each, and what a test takes."""
        answer = {
            "fields_of_a_device": [_field(field) for field in RuleField],
            "longest_value": LONGEST_VALUE,
            "most_days": MOST_DAYS,
            "most_conditions": limits.CONDITIONS_PER_RULE,
            "most_rules": limits.RULES_PER_TOKEN,
        }
        return Response(self.get_serializer(answer).data)


def _field(field: RuleField) -> dict[str, object]:
    tests = [
        {"test": test.value, "label": str(test.label), "takes": _TAKES.get(test, "text")}
        for test in fitting_tests(field)
    ]
    return {"field": field.value, "label": str(field.label), "tests": tests}
