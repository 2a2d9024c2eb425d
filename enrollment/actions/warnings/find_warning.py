from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.urls import reverse
from django.utils.translation import gettext_noop

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.name_parts import name_parts
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Alert, Channel, Person, Token, VppToken
from enrollment.models.alert import KEY_LENGTH
from enrollment.permissions import may

_CONDITIONS = {condition.id: condition for condition in CONDITIONS}


class NoSuchWarning(Exception):
    """There is none of that key among what the person sees, and there was none that is remembered."""


class WarningOver(Exception):
    """It held, and does not any more."""

    sentence = gettext_noop("This warning is over: what it was about is in order again.")


@dataclass(frozen=True)
class EndedWarning:
    """One that does not hold any more, as far as its alert remembers it."""

    alert: Alert
    condition: Condition
    severity: None = None
    snooze: None = None
    is_snoozed: bool = False
    remedy: str = ""
    step: str = ""

    @property
    def key(self) -> str:
        return self.alert.key

    @property
    def sentence(self) -> str:
        """What it said in its time is not known any more; what it was called is."""
        return str(self.condition.label)

    @property
    def link(self) -> str:
        """The page that tells when it ended, as a path."""
        return reverse("warning-detail", args=[self.key])

    @property
    def since(self) -> datetime:
        return self.alert.since

    @property
    def ended_at(self) -> datetime | None:
        """None as long as the clock has not noticed."""
        return self.alert.ended_at

    @property
    def token(self) -> Token | None:
        return self.alert.token

    @property
    def vpp_token(self) -> VppToken | None:
        return self.alert.vpp_token

    @property
    def part(self) -> str:
        """What of its object it was about, such as an app of a VPP token, by its name."""
        return name_parts([self.alert]).get(self.key, "")

    @property
    def about(self) -> Token | VppToken | Channel | None:
        return self.alert.token or self.alert.vpp_token or self.alert.channel


def find_warning(
    key: str, person: Person, standing: Iterable[StandingWarning] | None = None
) -> StandingWarning | EndedWarning:
    """The warning of a key among what the person sees, or what is remembered of it; NoSuchWarning.

    `standing` is what holds for the person, where that was looked up already.
    """
    found = current_warnings(person) if standing is None else standing
    for warning in found:
        if warning.key == key:
            warning.alert = warning.alert or Alert.objects.standing().filter(key=key).first()
            return warning
    return _ended(key, person) or _nothing()


def find_standing(key: str, person: Person) -> StandingWarning:
    """The same, for who wants to do something about it; WarningOver when there is nothing left to be done."""
    warning = find_warning(key, person)
    if isinstance(warning, EndedWarning):
        raise WarningOver
    return warning


def _ended(key: str, person: Person) -> EndedWarning | None:
    """The last one of that key. One whose condition we do not know any more has no words."""
    condition = _CONDITIONS.get(key.partition(".")[0])
    if condition is None or not may(person, condition.needed) or len(key) > KEY_LENGTH or "\x00" in key:
        return None
    alerts = Alert.objects.visible_to(person).select_related("token", "vpp_token", "channel", "snoozed_by")
    alert = alerts.filter(key=key).order_by("-since", "-pk").first()
    return EndedWarning(alert, condition) if alert else None


def _nothing() -> NoReturn:
    raise NoSuchWarning
