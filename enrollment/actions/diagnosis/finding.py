"""What the doctor's checks look at, and what they say."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise

from enrollment.actions.diagnosis.ask_apple_now import LiveAnswer
from enrollment.apple.messages import DeviceRecord
from enrollment.models import Device, Person, ProfileRevision, Token


class Mark(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it; `about` is the object where that is done."""

    mark: Mark
    evidence: str
    next_step: str = ""
    about: object = None


@dataclass
class Case:
    """A serial number with all that is known of it; only what the person may see."""

    typed: str
    serial: str
    by: Person | None
    device: Device | None = None  # the one the checks speak of: present before released
    others: list[Device] = field(default_factory=list)
    answers: list[LiveAnswer] = field(default_factory=list)
    is_asked: bool = True  # whether Apple may be asked, for this person and now

    @property
    def token(self) -> Token | None:
        return self.device.token if self.device else None

    @property
    def live(self) -> LiveAnswer | None:
        """What Apple said as the device's own token."""
        return next((one for one in self.answers if self.token and one.token.pk == self.token.pk), None)

    @property
    def record(self) -> DeviceRecord | None:
        return self.live.record if self.live else None

    @property
    def found_elsewhere(self) -> list[Token]:
        """Tokens whose server has it at Apple, though our rows do not say so."""
        own = self.token.pk if self.token else None
        return [one.token for one in self.answers if one.record and one.token.pk != own]

    @property
    def current(self) -> ProfileRevision | None:
        """The revision the device is to have."""
        return self.device.profile.current if self.device and self.device.profile else None


class Check:
    """One question the doctor asks. `look` answers it, or None where it means nothing."""

    id: ClassVar[str]
    question: ClassVar[str | Promise]

    def look(self, case: Case) -> Finding | None:
        raise NotImplementedError


def ok(evidence: str, about: object = None) -> Finding:
    return Finding(Mark.OK, evidence, about=about)


def note(evidence: str, next_step: str = "", about: object = None) -> Finding:
    return Finding(Mark.NOTE, evidence, next_step, about)


def problem(evidence: str, next_step: str, about: object = None) -> Finding:
    return Finding(Mark.PROBLEM, evidence, next_step, about)


def unknown(evidence: str, next_step: str = "") -> Finding:
    return Finding(Mark.UNKNOWN, evidence, next_step)
