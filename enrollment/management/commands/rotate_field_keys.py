import sys
from typing import Any

from enrollment.actions.access.rotate_field_keys import rotate_field_keys
from enrollment.management.operator import OperatorCommand


class Command(OperatorCommand):
    help = "Put every secret in the database under the first of the FIELD_KEYS; afterwards the others can go."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = rotate_field_keys(by=None)
        for one in found:
            counts = f"{one.rotated} under the new key, {one.current} were already, {one.unreadable} unreadable"
            self.stdout.write(f"{one.column}: {counts}")
        if any(one.unreadable for one in found):
            self.stderr.write("Some were written with a key that is not among the FIELD_KEYS: keep every old key.")
            sys.exit(1)
