"""What a warning is: a condition that holds for an object, found in the rows it is about."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise

from enrollment.actions.warnings.look import Look
from enrollment.models import Alert, Channel, Permission, Severity, Token, VppToken

A_DAY = timedelta(days=1)


@dataclass(kw_only=True)
class StandingWarning:
    """One condition that holds now. Sentence and remedy are in the language that is active when they are read.

    `part` tells several of one object apart; a `step` is told anew when another one comes. `since` is None where only
    the alert remembers it. There may be thousands: of its token no more may be known than key and name, and its `alert`
    is looked up with it where it was snoozed, or is the only one that is asked for (find_warning).
    """

    condition: "Condition"
    severity: Severity
    token: Token | None = None
    vpp_token: VppToken | None = None
    channel: Channel | None = None
    part: str = ""
    step: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    alert: Alert | None = None
    is_snoozed: bool = False

    @property
    def about(self) -> Token | VppToken | Channel | None:
        """The object it is about; None is the installation."""
        return self.token or self.vpp_token or self.channel

    @property
    def key(self) -> str:
        """What it is known by as long as it holds: condition, object and part, fit for an address."""
        about = f"{self.about._meta.model_name}-{self.about.pk}" if self.about else "installation"
        return ".".join(filter(None, (self.condition.id, about, self.part)))

    @property
    def snooze(self) -> Alert | None:
        """What says until when, by whom and why, as long as it is snoozed."""
        return self.alert if self.is_snoozed else None

    @property
    def sentence(self) -> str:
        return self.condition.sentence(self)

    @property
    def remedy(self) -> str:
        return self.condition.remedy(self)

    @property
    def link(self) -> str:
        """The page where something is done about it, as a path."""
        return self.condition.link(self)


class Condition:
    """One thing that nobody should be surprised by (WARN-1)."""

    id: ClassVar[str]
    label: ClassVar[str | Promise]
    watches: ClassVar[str | Promise]  # when it holds, for who asks what is watched
    needed: ClassVar[Permission] = Permission.READ_TOKEN  # to see it
    acts: ClassVar[Permission] = Permission.UPDATE_TOKEN  # to do something about it: who is told, and may snooze it
    patience: ClassVar[timedelta] = timedelta()  # it has to hold for so long before it is sent to anybody
    # What holds again within this time is the same as before, and not told once more: for what goes to and fro.
    grace: ClassVar[timedelta] = timedelta()

    def find(self, look: Look) -> Iterator[StandingWarning]:
        """Where it holds now, among what may be looked at."""
        raise NotImplementedError

    def sentence(self, warning: StandingWarning) -> str:
        raise NotImplementedError

    def remedy(self, warning: StandingWarning) -> str:
        raise NotImplementedError

    def names_of(self, parts: Collection[str]) -> Mapping[str, str]:
        """What people call the parts that tell its warnings apart, as far as they have names."""
        return {}

    def link(self, warning: StandingWarning) -> str:
        if warning.token:
            return reverse("token-detail", args=[warning.token.pk])
        if warning.vpp_token:
            return reverse("vpp-token-detail", args=[warning.vpp_token.pk])
        return reverse("home")
