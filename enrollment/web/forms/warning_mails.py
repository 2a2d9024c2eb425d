from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.models import Person, Rhythm, Severity
from enrollment.models.person import NOTHING

FROM = (
    (Severity.NOTICE, _("Everything, also what is only worth knowing")),
    (Severity.WARNING, _("Warnings and what is unhealthy")),
    (Severity.UNHEALTHY, _("Only what is unhealthy")),
    (NOTHING, _("Nothing")),
)


class WarningMailsForm(forms.Form):
    """Which warnings are mailed to oneself, and how often."""

    told_from = forms.ChoiceField(label=_("What is mailed to you"), choices=FROM)
    told_rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices)

    @classmethod
    def of(cls, person: Person) -> "WarningMailsForm":
        """As somebody chose; who has not, is told from warnings on."""
        said: dict[str, Any] = {"told_from": person.told_from or Severity.WARNING, "told_rhythm": person.told_rhythm}
        return cls(initial=said)
