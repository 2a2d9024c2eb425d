import json
import sys
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from enrollment.actions.audit.seal_audit import CannotSeal, seal_audit
from enrollment.actions.audit.verify_audit import Fault, Verification, verify_audit


class Command(BaseCommand):
    help = "Looks at every entry of the audit log: whether one was changed, is missing, or was put in by another way."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", metavar="NUMBER:HASH", help="noted earlier; must still be contained")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        with suppress(CannotSeal):  # the verification says why
            seal_audit()
        found = verify_audit(options["head"])
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found)))
        else:
            self._tell(found)
        if not found.is_whole:
            sys.exit(1)

    def _tell(self, found: Verification) -> None:
        if found.purged_until:
            self.stdout.write(f"Entries up to number {found.purged_until} were deleted because of their age.")
        for fault in found.faults:
            self.stderr.write(f"{place_of(fault)}: {fault.kind}")
        if found.count:
            self.stderr.write(f"{found.checked} entries looked at: {found.count} are not as they should be.")
        else:
            self.stdout.write(f"{found.checked} entries looked at: all are as they were written.")
        self.stdout.write(f"Head: {found.head}")


def place_of(fault: Fault) -> str:
    """Which entry, as one looks for it."""
    if fault.pk:
        return f"entry with id {fault.pk}, not sealed yet"
    if fault.number is None:
        return "the chain"
    return (
        f"number {fault.number}" if fault.until in (None, fault.number) else f"numbers {fault.number} to {fault.until}"
    )


def as_json(found: Verification) -> dict[str, Any]:
    """The same for programs."""
    faults = [
        {"kind": one.kind.name.lower(), "number": one.number, "until": one.until, "id": one.pk} for one in found.faults
    ]
    return {
        "whole": found.is_whole,
        "checked": found.checked,
        "head": found.head,
        "purged_until": found.purged_until,
        "fault_count": found.count,
        "faults": faults,
    }
