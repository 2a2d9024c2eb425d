from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.actions.diagnosis import where_it_is, which_profile
from enrollment.actions.diagnosis.ask_apple_now import CANNOT_ASK, LiveAnswer, ask_apple_now
from enrollment.actions.diagnosis.finding import Case, Check, Finding, Mark
from enrollment.actions.diagnosis.where_it_is import when
from enrollment.models import Device, Person, Token
from enrollment.models.serial_number import is_plausible, normalised, without_scan_prefix

CHECKS: tuple[type[Check], ...] = (*where_it_is.CHECKS, *which_profile.CHECKS)
SIGNS = {Mark.OK: "+", Mark.NOTE: "i", Mark.PROBLEM: "!", Mark.UNKNOWN: "?"}


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found, in the order it was looked for; sentences are in the language of the call."""

    serial: str
    at: datetime
    device: Device | None
    findings: list[tuple[Check, Finding]]

    @property
    def first(self) -> tuple[Check, Finding] | None:
        """What explains it: the first problem; without one the first note that something is to be done about."""
        problems = [one for one in self.findings if one[1].mark == Mark.PROBLEM]
        notes = [one for one in self.findings if one[1].mark == Mark.NOTE and one[1].next_step]
        return next(iter(problems + notes), None)

    @property
    def is_well(self) -> bool:
        return all(finding.mark != Mark.PROBLEM for _check, finding in self.findings)

    @property
    def answer(self) -> str:
        """In a line: the question that explains it, and what was found."""
        if self.first is None:
            return _("Nothing that can be seen here keeps this device from enrolling.")
        check, finding = self.first
        return f"{check.question} {finding.evidence}"

    def as_text(self) -> str:
        """For a ticket."""
        lines = [
            _("Serial doctor: %(serial)s, %(when)s") % {"serial": self.serial, "when": when(self.at)},
            _("Answer: %(answer)s") % {"answer": self.answer},
            "",
        ]
        for check, finding in self.findings:
            lines.append(f"[{SIGNS[finding.mark]}] {check.question} {finding.evidence}")
            if finding.next_step:
                lines.append(f"    → {finding.next_step}")
        return "\n".join(lines)


def diagnose_serial(typed: str, *, by: Person | None, asks_apple: bool = True) -> Diagnosis:
    """Why a device does not enroll, for a serial number as somebody typed it (DEV-8); within about a second.

    `by` sees what that person may see; None sees everything. Changes nothing.
    """
    case = _case(typed, by, asks_apple=asks_apple)
    findings = [(check, found) for kind in CHECKS if (found := (check := kind()).look(case))]
    return Diagnosis(case.serial, timezone.now(), case.device, findings)


def _case(typed: str, by: Person | None, *, asks_apple: bool) -> Case:
    serial = normalised(typed)
    rest, devices = without_scan_prefix(serial), _devices(serial, by)
    if not devices and rest and (devices := _devices(rest, by)):
        serial = rest
    case = Case(typed, serial, by, devices[0] if devices else None, devices[1:], is_asked=asks_apple)
    if asks_apple and is_plausible(serial):
        case.answers = _ask(case, [serial] if devices or not rest else [serial, rest])
        if not devices:
            case.serial = next((one.record.serial for one in case.answers if one.record), serial)
    return case


def _devices(serial: str, by: Person | None) -> list[Device]:
    """Present ones first, then those that left last."""
    found = Device.objects.filter(serial=serial) if by is None else Device.objects.visible_to(by).filter(serial=serial)
    found = found.with_state().with_needs_wipe()
    devices = list(found.select_related("token__default_profile", "profile__current", "wished_by"))
    return sorted(
        devices, key=lambda one: (one.released_at is not None, -(one.released_at or one.appeared_at).timestamp())
    )


def _ask(case: Case, readings: list[str]) -> list[LiveAnswer]:
    """As the device's own token; as others, when that one does not have it and time is left."""
    started, seconds = timezone.now(), limits.DOCTOR_LIVE_SECONDS
    own = [case.token] if case.token else []
    answers = ask_apple_now(readings, own, seconds=seconds)
    left = seconds - (timezone.now() - started).total_seconds()
    if left > 0 and all(one.is_missing for one in answers):
        tokens = Token.objects.all() if case.by is None else Token.objects.visible_to(case.by)
        others = tokens.not_in_status(*CANNOT_ASK).exclude(pk__in=[token.pk for token in own])
        latest = others.order_by(F("synced_at").desc(nulls_last=True))[: limits.DOCTOR_ASKS_TOKENS]
        answers += ask_apple_now(readings, list(latest), seconds=left)
    return answers
