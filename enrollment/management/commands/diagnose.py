from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from enrollment.actions.diagnosis.diagnose_serial import diagnose_serial


class Command(BaseCommand):
    help = "Say why a device does not enroll: the serial doctor, for all tokens. Ends with 1 when there is a problem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("serial", help="as it stands on the box")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *, serial: str, language: str, **_options: Any) -> None:
        with translation.override(language):
            diagnosis = diagnose_serial(serial, by=None)
            self.stdout.write(diagnosis.as_text())
        if not diagnosis.is_well:
            raise SystemExit(1)
