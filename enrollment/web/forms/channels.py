import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import limits
from enrollment.models import Channel, ChannelKind, Person, Rhythm, Severity
from enrollment.web.forms.access import AccessForm
from enrollment.web.forms.several import Several

WITH_URL = (ChannelKind.WEBHOOK, ChannelKind.SLACK, ChannelKind.TEAMS)
KIND_HELPS = {
    ChannelKind.MAIL: gettext_lazy("One or more mailboxes, such as a team's."),
    ChannelKind.WEBHOOK: gettext_lazy("JSON for a program of yours, signed so that it knows who sends it."),
    ChannelKind.SLACK: gettext_lazy("A channel of Slack, by the address of an incoming webhook."),
    ChannelKind.TEAMS: gettext_lazy("A channel or chat of Teams, by the address of a workflow."),
}
SEVERITY_HELPS = {
    Severity.NOTICE: gettext_lazy("Everything, also what is only worth knowing."),
    Severity.WARNING: gettext_lazy("What will go wrong, and what is wrong."),
    Severity.UNHEALTHY: gettext_lazy("Only what is wrong now."),
}
RHYTHM_HELPS = {
    Rhythm.AT_ONCE: gettext_lazy("One message a minute at most, with all there is to tell."),
    Rhythm.DAILY: gettext_lazy("What has come up since, at 7 in the morning."),
    Rhythm.WEEKLY: gettext_lazy("The same, on Mondays."),
}


class Cards(forms.RadioSelect):
    """One of several, each with a sentence of its own."""

    def __init__(self, helps: Mapping[Any, Any]) -> None:
        super().__init__()
        self.helps = {str(value): text for value, text in helps.items()}

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **more), "help": self.helps.get(str(value), "")}


class Secret(forms.TextInput):
    """Taken, and never shown again."""

    def format_value(self, _value: Any) -> None:
        return None


class ChannelForm(AccessForm):
    """A channel, new or known; of a known one the kind stays, and the address is only said when it is another."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("What it is called here, such as “On call”.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ChannelKind.choices, widget=Cards(KIND_HELPS))
    url = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=limits.WEBHOOK_URL_LENGTH,
        widget=Secret(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One in each line."),
    )
    least_severity = forms.ChoiceField(
        label=gettext_lazy("From which severity on"),
        choices=Severity.choices,
        initial=Severity.WARNING,
        widget=Cards(SEVERITY_HELPS),
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Rhythm.choices, initial=Rhythm.AT_ONCE, widget=Cards(RHYTHM_HELPS)
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    is_on = forms.BooleanField(
        label=gettext_lazy("Turned on"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Turned off, nothing is sent there. What still holds when it is turned on again is told then."
        ),
    )

    def __init__(self, *args: Any, channel: Channel | None, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._channel = channel
        self.fields["scope_tags"] = Several(
            queryset=person.scope,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=_("Scope tags"),
            help_text=_("Only warnings about tokens that carry one of these; without any, all warnings."),
        )
        if channel:
            self._is_known(channel)
        else:
            self.fields["url"].help_text = _("It begins with https://. It is a secret: kept encrypted, never shown.")
            self._show_when("url", WITH_URL)
            self._show_when("addresses", (ChannelKind.MAIL,))
        self.order_fields([*self.base_fields, "scope_tags"])
        self.order_fields([name for name in self.fields if name != "is_on"] + ["is_on"])

    def _is_known(self, channel: Channel) -> None:
        del self.fields["kind"]
        del self.fields["url" if channel.kind == ChannelKind.MAIL else "addresses"]
        if "addresses" in self.fields:
            self.fields["addresses"].is_marked = True
        if "url" in self.fields:
            self.fields["url"].label = _("Another address")
            told = _("Left empty, it stays the one at %(host)s. It is a secret: kept encrypted, never shown.")
            self.fields["url"].help_text = told % {"host": channel.host}

    def _show_when(self, name: str, kinds: tuple[ChannelKind, ...]) -> None:
        self.fields[name].is_marked = True  # needed where it is shown
        self.fields[name].show_when = json.dumps([{"kind": [kind.value for kind in kinds]}])

    def clean_addresses(self) -> list[str]:
        if self._kind != ChannelKind.MAIL:
            return []
        found = self.cleaned_data["addresses"].replace(",", "\n").replace(";", "\n").split()
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("“%(address)s” is no e-mail address."), params={"address": address}) from None
        return found

    def clean_url(self) -> str:
        return "" if self._kind == ChannelKind.MAIL else str(self.cleaned_data["url"])

    @property
    def _kind(self) -> str:
        return self._channel.kind if self._channel else str(self.cleaned_data.get("kind", ""))

    def tell_what_was_lost(self) -> None:
        """An address that was typed is not shown again: it has to be entered once more."""
        if self.is_bound and self.errors and self.data.get("url") and "url" in self.fields and "url" not in self.errors:
            self.add_error("url", _("Enter the address once more: it is a secret, and is not sent back to the page."))


def initial_of(channel: Channel) -> dict[str, Any]:
    """What the form shows of a channel: nothing that is secret."""
    names = ("name", "least_severity", "rhythm", "language", "is_on")
    return {
        **{name: getattr(channel, name) for name in names},
        "addresses": "\n".join(channel.addresses),
        "scope_tags": channel.scope_tags.all(),
    }
