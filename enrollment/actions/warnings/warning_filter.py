from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Permission, Person, Severity, Token, VppToken
from enrollment.models.long_select import LongSelect
from enrollment.models.yes_or_no import YesOrNoField
from enrollment.permissions import may

ALL = ("", _("All"))
SNOOZED = [ALL, ("true", _("Snoozed")), ("false", _("Not snoozed"))]


def watched_for(person: Person) -> list[Condition]:
    """The conditions whose warnings somebody may read."""
    return [condition for condition in CONDITIONS if may(person, condition.needed)]


class WarningFilter(forms.Form):
    """The filters of the list of warnings, the same for page and program (API-3)."""

    severity = forms.ChoiceField(choices=[ALL, *reversed(Severity.choices)], required=False, label=_("Severity"))
    snoozed = YesOrNoField(required=False, label=_("Snoozed"), widget=forms.Select(choices=SNOOZED))

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data if data is not None else {})
        known = [(condition.id, condition.label) for condition in watched_for(person)]
        tokens = Token.objects.visible_to(person).only("name")
        vpp_tokens = VppToken.objects.visible_to(person).only("name")
        if not may(person, Permission.READ_TOKEN):
            vpp_tokens = vpp_tokens.none()
        self.fields["condition"] = forms.ChoiceField(choices=[ALL, *known], required=False, label=_("Kind"))
        self.fields["token"] = forms.ModelChoiceField(
            tokens, required=False, label=_("Token"), empty_label=ALL[1], widget=LongSelect
        )
        self.fields["vpp_token"] = forms.ModelChoiceField(
            vpp_tokens, required=False, label=_("VPP token"), empty_label=ALL[1], widget=LongSelect
        )
        self.order_fields(["severity", "condition", "token", "vpp_token", "snoozed"])

    def matching(self, warnings: Iterable[StandingWarning]) -> list[StandingWarning]:
        """In their order. A filter that cannot be understood matches nothing."""
        return [warning for warning in warnings if self._matches(warning)] if self.is_valid() else []

    def _matches(self, warning: StandingWarning) -> bool:
        said = self.cleaned_data
        return (
            said["severity"] in ("", warning.severity)
            and said["condition"] in ("", warning.condition.id)
            and said["token"] in (None, warning.token)
            and said["vpp_token"] in (None, warning.vpp_token)
            and said["snoozed"] in (None, warning.is_snoozed)
        )
