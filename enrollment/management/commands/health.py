import json
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error
from django.utils.timezone import localtime
from django.utils.translation import override

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Health
from enrollment.models.severity import health

CANNOT_BE_ASKED = 3


class Command(BaseCommand):
    help = (
        "Says what needs attention, the worst first. Ends with 0 when all is healthy, with 1 when there is a warning, "
        "2 when something is unhealthy, 3 when the database cannot be asked. What is snoozed does not count."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="tell also what is snoozed")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            warnings = current_warnings(None)
        except Error as error:
            self.stderr.write(f"The database cannot be asked: {str(error).strip()}")
            sys.exit(CANNOT_BE_ASKED)
        counted = [warning for warning in warnings if not warning.is_snoozed]
        found = health(warning.severity for warning in counted)
        told = warnings if options["all"] else counted
        with override(options["language"]):
            self.stdout.write(_as_json(found, told) if options["json"] else _as_text(told))
        sys.exit(list(Health).index(found))


def _as_text(told: Sequence[StandingWarning]) -> str:
    return "\n".join(_line(warning) for warning in told) or "All is healthy."


def _line(warning: StandingWarning) -> str:
    since = f"since {localtime(warning.since):%Y-%m-%d %H:%M}"
    snoozed = f", snoozed until {localtime(warning.snooze.snoozed_until):%Y-%m-%d %H:%M}" if warning.snooze else ""
    return f"{warning.severity.value}: {warning.sentence} ({since}{snoozed})"


def _as_json(found: Health, told: Sequence[StandingWarning]) -> str:
    warnings = [
        {
            "key": warning.key,
            "condition": warning.condition.id,
            "severity": warning.severity.value,
            "sentence": warning.sentence,
            "remedy": warning.remedy,
            "since": warning.since.isoformat() if warning.since else None,
            "link": settings.BASE_URL + warning.link,
            "snoozed_until": warning.snooze.snoozed_until.isoformat() if warning.snooze else None,
        }
        for warning in told
    ]
    return json.dumps({"health": found.value, "warnings": warnings}, indent=2, ensure_ascii=False)
