import json
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.actions.warnings.snooze_warning import SnoozeRefused
from enrollment.models.alert import REASON_LENGTH

DATE = "date"
SPANS = [("1", _("For a day")), ("7", _("For a week")), ("30", _("For 30 days")), (DATE, _("Until a date"))]


class SnoozeForm(forms.Form):
    """Until when nobody is told, and why. What cannot be is judged by the verb, once."""

    span = forms.ChoiceField(label=_("How long"), choices=SPANS, initial="7", widget=forms.RadioSelect)
    date = forms.DateField(
        label=_("Until"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("From the beginning of this day the bell counts it again. At most a year from now."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever finds it snoozed. It is recorded with your name."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        date = self.fields["date"]
        date.show_when, date.when = json.dumps([{"span": [DATE]}]), _("Only with “Until a date”.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("span") == DATE and not data.get("date") and "date" not in self.errors:
            self.add_error("date", gettext("Choose a day."))
        return data

    @property
    def until(self) -> datetime:
        span, date = self.cleaned_data["span"], self.cleaned_data["date"]
        if span == DATE:
            return timezone.make_aware(datetime.combine(date, time()))
        return timezone.now() + timedelta(days=int(span))

    def show(self, refused: SnoozeRefused) -> None:
        """The verb's sentence at the field it is about."""
        field = DATE if refused.field == "until" else refused.field
        self.add_error(field, gettext(refused.sentence) % refused.details)
